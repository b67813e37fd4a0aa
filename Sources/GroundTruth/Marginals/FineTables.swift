// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// What the one covariance of a ``FineMixture`` becomes at one time: a few numbers an axis, in a flat buffer of
/// ``count(dimension:)`` numbers, whatever the number of components.
///
/// With `v_k = α' μ_k + gain (y − α μ_k)` linear in `μ_k`, everything follows from the mean `μ̄` and the
/// covariance `M` of `μ_k` under the responsibilities: `v* = α' μ̄ + gain (y − α μ̄)`; with the slope
/// `∂v_k/∂μ_k = α' − α gain = −σν/p`, the covariance `diag(ν²c/p) + slope M slope` and the Jacobian
/// `diag(gain) + slope M α/p`.
struct FineTables {
  let mixture: FineMixture
  /// `α, α'` and `−½ Σ log(2π p)`.
  private let constants: UnsafeMutablePointer<Double>
  /// `1/p`
  private let precisions: UnsafeMutablePointer<Double>
  /// `(αα'c + σσ')/p`
  private let gains: UnsafeMutablePointer<Double>
  /// `ν²c/p`
  private let spreads: UnsafeMutablePointer<Double>
  /// `−σν/p`
  private let slopes: UnsafeMutablePointer<Double>

  static func count(dimension: Int) -> Int { 3 + 4 * dimension }

  init(storage: UnsafeMutablePointer<Double>, _ mixture: FineMixture) {
    self.mixture = mixture
    constants = storage
    precisions = storage + 3
    gains = precisions + mixture.dimension
    spreads = gains + mixture.dimension
    slopes = spreads + mixture.dimension
  }

  /// Fills the tables.
  func update(_ time: ScheduleValues) {
    let (a, s, aRate, sRate) = (time.signal, time.noise, time.signalRate, time.noiseRate)
    let nu = a * sRate - s * aRate
    var logVolume = 0.0
    for axis in 0..<dimension {
      let c = mixture.eigenvalues[axis]
      let variance = a * a * c + s * s
      let precision = 1 / variance
      precisions[axis] = precision
      gains[axis] = (a * aRate * c + s * sRate) * precision
      spreads[axis] = nu * nu * (c * precision)
      slopes[axis] = -s * nu * precision
      logVolume += log(variance) + 1.8378770664093454836
    }
    constants[0] = a
    constants[1] = aRate
    constants[2] = -0.5 * logVolume
  }

  private var dimension: Int { mixture.dimension }
}

// MARK: - At one point

extension FineTables {
  func logDensity(_ x: UnsafePointer<Double>) -> Double {
    withPosterior(x) { _, _, _, logSum in constants[2] + logSum }
  }

  func score(_ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withPosterior(x) { _, point, mean, _ in
      for axis in 0..<dimension {
        out[axis] = -(point[axis] - constants[0] * mean[axis]) * precisions[axis]
      }
      rotateOut(out)
    }
  }

  /// `v*` and, where a place is given for it, `∇v*`, row-major.
  func velocity(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>?,
    jacobian: UnsafeMutablePointer<Double>? = nil
  ) {
    withPosterior(x) { sweep, point, mean, _ in
      if let out {
        for axis in 0..<dimension {
          let centre = constants[0] * mean[axis]
          out[axis] = constants[1] * mean[axis] + gains[axis] * (point[axis] - centre)
        }
        rotateOut(out)
      }
      guard let jacobian else { return }
      sweep.covariance(about: mean, into: jacobian)
      for row in 0..<dimension {
        for column in 0..<dimension {
          jacobian[row * dimension + column] *=
            slopes[row] * (constants[0] * precisions[column])
        }
        jacobian[row * dimension + row] += gains[row]
      }
      rotateMatrixOut(jacobian)
    }
  }

  /// `Σ`, row-major.
  func covariance(_ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withPosterior(x) { sweep, _, mean, _ in
      sweep.covariance(about: mean, into: out)
      for row in 0..<dimension {
        for column in 0..<dimension {
          out[row * dimension + column] *= slopes[row] * slopes[column]
        }
        out[row * dimension + row] += spreads[row]
      }
      rotateMatrixOut(out)
    }
  }

  /// `r_k(x)`, in the order of the components.
  func responsibilities(_ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withSweep(x) { sweep, _ in sweep.exponents(into: out) }
    var largest = -Double.infinity
    for index in 0..<mixture.count { largest = max(largest, out[index]) }
    var sum = 0.0
    for index in 0..<mixture.count {
      out[index] = exp(out[index] - largest)
      sum += out[index]
    }
    for index in 0..<mixture.count { out[index] /= sum }
  }

  private func withSweep<Result>(
    _ x: UnsafePointer<Double>, _ body: (FineSweep, UnsafePointer<Double>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { point in
      let point = base(point)
      mixture.rotateIntoBasis(x, point)
      let sweep = FineSweep(
        mixture: mixture, point: point, precisions: precisions, signal: constants[0])
      return body(sweep, point)
    }
  }

  private func withPosterior<Result>(
    _ x: UnsafePointer<Double>,
    _ body: (
      _ sweep: FineSweep, _ point: UnsafePointer<Double>, _ mean: UnsafePointer<Double>,
      _ logSum: Double
    ) -> Result
  ) -> Result {
    withSweep(x) { sweep, point in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { mean in
        let logSum = sweep.mean(into: base(mean))
        return body(sweep, point, base(mean), logSum)
      }
    }
  }

  private func rotateOut(_ vector: UnsafeMutablePointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) {
      mixture.rotateOut(vector, base($0))
    }
  }

  private func rotateMatrixOut(_ matrix: UnsafeMutablePointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * dimension) {
      mixture.rotateMatrixOut(matrix, base($0))
    }
  }
}

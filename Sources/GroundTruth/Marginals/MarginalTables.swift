// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// What the components of a mixture become at one time: pointers into a flat buffer of
/// ``count(components:dimension:)`` numbers.
///
/// In the eigenbasis of `C_k = U diag(c) Uᵀ` everything is diagonal, and no term cancels another:
/// `p = α²c + σ²`, gain `(αα'c + σσ')/p`, and `α'²c + σ'² − (αα'c + σσ')²/p = ν²c/p`.
struct MarginalTables {
  let count: Int
  let dimension: Int
  /// `log w_k − ½ Σ log(2π p)`
  let logNormalizers: UnsafeMutablePointer<Double>
  /// `α m_k`
  let centres: UnsafeMutablePointer<Double>
  /// `α' m_k`
  let drifts: UnsafeMutablePointer<Double>
  /// `1/p`
  let precisions: UnsafeMutablePointer<Double>
  /// `(αα'c + σσ')/p`
  let gains: UnsafeMutablePointer<Double>
  /// `ν²c/p`
  let spreads: UnsafeMutablePointer<Double>
  /// `α`, one number.
  private let signal: UnsafeMutablePointer<Double>
  /// `m_k`
  private let means: UnsafePointer<Double>
  let eigenvectors: UnsafePointer<Double>

  static func count(components: Int, dimension: Int) -> Int {
    components * (1 + 5 * dimension) + 1
  }

  init(storage: UnsafeMutablePointer<Double>, parameters: MixtureParameters.Pointers) {
    count = parameters.count
    dimension = parameters.dimension
    let stride = count * dimension
    logNormalizers = storage
    centres = storage + count
    drifts = centres + stride
    precisions = drifts + stride
    gains = precisions + stride
    spreads = gains + stride
    signal = spreads + stride
    means = parameters.means
    eigenvectors = parameters.eigenvectors
  }

  /// Fills the tables.
  func update(_ parameters: MixtureParameters.Pointers, _ time: ScheduleValues) {
    let (a, s, aRate, sRate) = (time.signal, time.noise, time.signalRate, time.noiseRate)
    let nu = a * sRate - s * aRate
    signal.pointee = a
    for component in 0..<count {
      var logVolume = 0.0
      var product = 1.0
      for axis in component * dimension..<(component + 1) * dimension {
        let c = parameters.eigenvalues[axis]
        let variance = a * a * c + s * s
        let precision = 1 / variance
        centres[axis] = a * parameters.means[axis]
        drifts[axis] = aRate * parameters.means[axis]
        precisions[axis] = precision
        gains[axis] = (a * aRate * c + s * sRate) * precision
        spreads[axis] = nu * nu * (c * precision)
        // One logarithm serves several axes as long as their product stays in range.
        product *= variance
        if !(product > 1e-100 && product < 1e100) {
          logVolume += log(product / variance) + log(variance)
          product = 1
        }
      }
      logVolume += log(product) + Double(dimension) * log2Pi
      logNormalizers[component] = parameters.logWeights[component] - 0.5 * logVolume
    }
  }

  private var log2Pi: Double { 1.8378770664093454836 }
}

/// `α, σ, α', σ'` at one time.
struct ScheduleValues {
  let signal: Double
  let noise: Double
  let signalRate: Double
  let noiseRate: Double
}

// MARK: - At one point

/// Working memory for one evaluation: ``count(components:dimension:)`` numbers.
struct MarginalScratch {
  /// `r_k`
  let responsibilities: UnsafeMutablePointer<Double>
  /// `v_k`, `K × d`
  let velocities: UnsafeMutablePointer<Double>
  /// `g_k`, `K × d`
  let scores: UnsafeMutablePointer<Double>

  static func count(components: Int, dimension: Int) -> Int { components * (1 + 2 * dimension) }

  init(_ base: UnsafeMutablePointer<Double>, components: Int, dimension: Int) {
    responsibilities = base
    velocities = base + components
    scores = velocities + components * dimension
  }
}

extension MarginalTables {
  /// Fills the scratch with `r_k`, `v_k`, `g_k` and returns `log p_t(x)`.
  @discardableResult
  func evaluate(_ x: UnsafePointer<Double>, _ scratch: MarginalScratch) -> Double {
    var largest = -Double.infinity
    var nearest = (component: 0, distance: 0.0)
    for component in 0..<count {
      let first = component * dimension
      let basis = eigenvectors + first * dimension
      for index in first..<first + dimension {
        scratch.velocities[index] = drifts[index]
        scratch.scores[index] = 0
      }
      var distance = 0.0
      for axis in 0..<dimension {
        var coordinate = 0.0
        for row in 0..<dimension {
          coordinate += basis[row * dimension + axis] * (x[row] - centres[first + row])
        }
        let scaled = coordinate * precisions[first + axis]
        let gained = coordinate * gains[first + axis]
        distance += coordinate * scaled
        for row in 0..<dimension {
          scratch.velocities[first + row] += basis[row * dimension + axis] * gained
          scratch.scores[first + row] -= basis[row * dimension + axis] * scaled
        }
      }
      let logDensity = logNormalizers[component] - 0.5 * distance
      scratch.responsibilities[component] = logDensity
      if logDensity > largest {
        largest = logDensity
        nearest = (component, distance)
      }
    }
    // Where even the nearest is so far that its distance's rounding errors would show in the responsibilities.
    if nearest.distance > Self.farDistance, nearest.distance.isFinite {
      refine(x, scratch, nearest: nearest.component)
      return largest + normalize(scratch.responsibilities, below: 0)
    }
    return largest + normalize(scratch.responsibilities, below: largest)
  }

  /// The squared distance beyond which differences of distances lose more than they may, about 1e-11.
  private static var farDistance: Double { 1e5 }

  /// Sets the logarithms of the components' weights anew, relative to the nearest one's, from distances to 32 digits: as doubles the distances of far
  /// points agree in so many digits that few are left of their differences.
  private func refine(
    _ x: UnsafePointer<Double>, _ scratch: MarginalScratch, nearest: Int
  ) {
    let least = distance(x, nearest)
    for component in 0..<count {
      let further = (distance(x, component) + -least).high
      scratch.responsibilities[component] =
        logNormalizers[component] - logNormalizers[nearest] - 0.5 * further
    }
  }

  /// `(x − α m)ᵀ U diag(1/p) Uᵀ (x − α m)`
  private func distance(_ x: UnsafePointer<Double>, _ component: Int) -> DoubleDouble {
    let first = component * dimension
    let basis = eigenvectors + first * dimension
    var sum = DoubleDouble.zero
    for axis in 0..<dimension {
      var coordinate = DoubleDouble.zero
      for row in 0..<dimension {
        let centre = DoubleDouble(signal.pointee, times: means[first + row])
        let offset = DoubleDouble(x[row], plus: 0) + -centre
        coordinate = coordinate + offset * basis[row * dimension + axis]
      }
      sum = sum + coordinate.squared * precisions[first + axis]
    }
    return sum
  }

  private func normalize(_ logs: UnsafeMutablePointer<Double>, below largest: Double) -> Double {
    var sum = 0.0
    for component in 0..<count {
      let share = exp(logs[component] - largest)
      logs[component] = share
      sum += share
    }
    for component in 0..<count { logs[component] /= sum }
    return log(sum)
  }

  /// `Σ_k r_k u_k` for vectors `u_k`, `K × d`.
  func average(
    _ vectors: UnsafePointer<Double>, _ scratch: MarginalScratch,
    into out: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<dimension { out[row] = 0 }
    for component in 0..<count {
      let share = scratch.responsibilities[component]
      for row in 0..<dimension { out[row] += share * vectors[component * dimension + row] }
    }
  }

  /// `Σ_k r_k [U diag(ν²c/p) Uᵀ + (v_k − v*)(v_k − v*)ᵀ]`, row-major, for `v*` given.
  func covariance(
    _ mean: UnsafePointer<Double>, _ scratch: MarginalScratch,
    into out: UnsafeMutablePointer<Double>
  ) {
    averageMatrix(spreads, scratch, into: out)
    addOuterProducts(scratch.velocities, from: mean, mean, scratch, into: out)
  }

  /// `Σ_k r_k [U diag(gain) Uᵀ + (v_k − v*)(g_k − o)ᵀ]`, row-major, for `v*` given. Since
  /// `Σ_k r_k (v_k − v*) = 0`, any `o` gives `∇v*`; that of the likeliest component cancels least.
  func jacobian(
    _ mean: UnsafePointer<Double>, _ scratch: MarginalScratch,
    into out: UnsafeMutablePointer<Double>
  ) {
    averageMatrix(gains, scratch, into: out)
    let origin = scratch.scores + heaviest(scratch) * dimension
    addOuterProducts(scratch.scores, from: origin, mean, scratch, into: out)
  }

  private func averageMatrix(
    _ diagonal: UnsafePointer<Double>, _ scratch: MarginalScratch,
    into out: UnsafeMutablePointer<Double>
  ) {
    for index in 0..<dimension * dimension { out[index] = 0 }
    for component in 0..<count {
      let basis = eigenvectors + component * dimension * dimension
      for axis in 0..<dimension {
        let scale = scratch.responsibilities[component] * diagonal[component * dimension + axis]
        for row in 0..<dimension {
          let scaled = scale * basis[row * dimension + axis]
          for column in 0..<dimension {
            out[row * dimension + column] += scaled * basis[column * dimension + axis]
          }
        }
      }
    }
  }

  /// Adds `Σ_k r_k (v_k − v*) (u_k − o)ᵀ` for vectors `u_k` and an origin `o`.
  private func addOuterProducts(
    _ vectors: UnsafePointer<Double>, from origin: UnsafePointer<Double>,
    _ mean: UnsafePointer<Double>, _ scratch: MarginalScratch,
    into out: UnsafeMutablePointer<Double>
  ) {
    for component in 0..<count {
      let share = scratch.responsibilities[component]
      let first = component * dimension
      for row in 0..<dimension {
        let left = share * (scratch.velocities[first + row] - mean[row])
        for column in 0..<dimension {
          out[row * dimension + column] += left * (vectors[first + column] - origin[column])
        }
      }
    }
  }

  private func heaviest(_ scratch: MarginalScratch) -> Int {
    var best = 0
    for component in 0..<count
    where scratch.responsibilities[component] > scratch.responsibilities[best] {
      best = component
    }
    return best
  }
}

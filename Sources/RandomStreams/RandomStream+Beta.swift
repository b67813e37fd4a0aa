// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

extension RandomStream {
  /// Draws of Beta(a, b), in the open interval (0, 1): `rows.count × draws`, row-major.
  ///
  /// Where `a` or `b` is 1 the distribution function is inverted, draw by draw. Otherwise a draw is
  /// `X / (X + Y)` for gamma variates of shapes `a` and `b`; rejection then uses a varying number of bits,
  /// so the draws of a row come one after the other from ``generator(row:)``.
  public func fillBeta(
    _ out: UnsafeMutableBufferPointer<Float>, rows: Range<Int>, draws: Int, a: Double, b: Double
  ) {
    fillBetaVariates(out, rows: rows, draws: draws, a: a, b: b)
  }

  /// Draws of Beta(a, b), in the open interval (0, 1): `rows.count × draws`, row-major.
  ///
  /// As in single precision; there, they are these numbers rounded.
  public func fillBeta(
    _ out: UnsafeMutableBufferPointer<Double>, rows: Range<Int>, draws: Int, a: Double, b: Double
  ) {
    fillBetaVariates(out, rows: rows, draws: draws, a: a, b: b)
  }

  private func fillBetaVariates<Scalar: RandomScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, draws: Int, a: Double, b: Double
  ) {
    precondition(
      a > 0 && b > 0 && a.isFinite && b.isFinite,
      "the parameters of a beta law must be positive and finite, got \(a) and \(b)")
    let count = rows.count * draws
    precondition(out.count >= count, "\(rows.count) × \(draws) draws do not fit")
    if a == 1 || b == 1 {
      Scalar.fillUniform(self, out, rows: rows, draws: draws)
      let power = Scalar(1 / (b == 1 ? a : b))
      for index in 0..<count {
        let root = Scalar.power(out[index], power)
        out[index] = inside(b == 1 ? root : 1 - root)
      }
      return
    }
    let (first, second) = (LogGamma(shape: a), LogGamma(shape: b))
    var index = 0
    for row in rows {
      var generator = generator(row: row)
      for _ in 0..<draws {
        let odds = second.next(&generator) - first.next(&generator)
        out[index] = inside(Scalar(1 / (1 + exp(odds))))
        index += 1
      }
    }
  }
}

/// The number itself unless rounding took it to an end of the interval.
private func inside<Scalar: RandomScalar>(_ value: Scalar) -> Scalar {
  min(max(value, .leastNormalMagnitude), Scalar(1).nextDown)
}

/// Logarithms of gamma variates of scale 1, by Marsaglia and Tsang's method ("A simple method for
/// generating gamma variables", ACM TOMS 2000). Logarithms, since variates of small shape underflow.
private struct LogGamma {
  private let shape: Double
  /// The method needs a shape of at least 1; `X_a` has the law of `X_{a+1} U^{1/a}`.
  private var isBoosted: Bool { shape < 1 }

  init(shape: Double) { self.shape = shape }

  func next(_ generator: inout RowGenerator) -> Double {
    let offset = (isBoosted ? shape + 1 : shape) - 1.0 / 3
    let scale = 1 / (9 * offset).squareRoot()
    while true {
      let x = normal(&generator)
      let v = 1 + scale * x
      guard v > 0 else { continue }
      let logCube = 3 * log(v)
      let bound = 0.5 * x * x + offset * (1 - v * v * v + logCube)
      if log(generator.uniform()) < bound {
        let boost = isBoosted ? log(generator.uniform()) / shape : 0
        return log(offset) + logCube + boost
      }
    }
  }

  private func normal(_ generator: inout RowGenerator) -> Double {
    let radius = (-2 * log(generator.uniform())).squareRoot()
    return radius * cos(2 * .pi * generator.uniform())
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Interpolants

/// Claim 8: central-difference tangents.
///
/// Taylor's theorem about the middle gives the quotient as `D F + ε²/6 D³F + ε⁴/120 D⁵F + …`: slope 2, with a
/// factor that three nested derivatives predict. Rounding adds an error of order `u |F|/ε` with `u` the unit
/// roundoff: below the optimum the error of single precision grows like `1/ε`.
enum FiniteDifferenceCheck: TheoryCheck {
  static let number = 8
  static let claim = "central-difference tangents: O(ε²) in Double, O(1/ε) rounding floor in Float"

  /// Steps over which truncation dominates in Double: rounding adds 1e-12 at most, the term of order 4 a
  /// part in 1e-3.
  private static let truncation = geometric(from: 1e-4, to: 1e-2, count: 9)
  /// Steps over which rounding dominates in Float: truncation is below `1e-6`, rounding above `1e-5`.
  private static let rounding = geometric(from: 1e-5, to: 5e-4, count: 9)

  static func run(_ session: CheckSession) throws -> [Finding] {
    try InterpolantKind.allCases.flatMap { kind -> [Finding] in
      let error = try TangentError(
        kind, steps: truncation + rounding, rows: session.isThorough ? 8192 : 1024,
        seed: session.seed, pool: session.pool)
      let double = error.slope(of: \.double, over: 0.99e-4...1.01e-2)
      let single = error.slope(of: \.single, over: 0.99e-5...5.05e-4)
      let ratio = error.points.first { $0.step == truncation[4] }.map { $0.double / $0.predicted }
      return [
        Finding(
          "\(kind.rawValue): slope of the Double error, ε = 1e-4…1e-2", measured: double.value,
          standardError: double.standardError, .equals(2, tolerance: 0.05)),
        Finding(
          "\(kind.rawValue): Double error at ε = 1e-3 over ε²/6 ‖D³F‖", measured: ratio ?? .nan,
          .equals(1, tolerance: 1e-3)),
        Finding(
          "\(kind.rawValue): slope of the Float error, ε = 1e-5…5e-4", measured: single.value,
          standardError: single.standardError, .equals(-1, tolerance: 0.1)),
      ]
    }
  }

  private static func geometric(from first: Double, to last: Double, count: Int) -> [Double] {
    (0..<count).map { first * .exp(.log(last / first) * Double($0) / Double(count - 1)) }
  }
}

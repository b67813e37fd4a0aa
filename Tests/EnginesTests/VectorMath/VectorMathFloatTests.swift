// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Tensors
import Testing

@testable import Engines

/// The single-precision elementary functions against the C library in Double.
@Suite struct VectorMathFloatTests {
  /// The headers' bounds in units in the last place, for every float there is.
  private static let bounds: [(UnaryOperation, Double)] = [
    (.exponential, 1.1), (.logarithm, 1.0), (.sine, 2.4), (.cosine, 2.4), (.tanh, 2.5),
    (.sigmoid, 2.5), (.erf, 2.6), (.squareRoot, 0.5), (.reciprocalSquareRoot, 1.5),
    (.reciprocal, 0.5),
  ]

  /// Where a function changes its course: ends of ranges, clamps and reductions' switches.
  private static let boundaries: [Float] = [
    0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-4, 0.346_573_6, 0.5, 0.707_106_77, 1,
    1.414_213_5, .pi / 2, .pi, 3 * .pi, 3.92, 4, 6.8, 9.01, 10, 16.6, 87.336_54, 88.722_84, 89,
    103.278_93, 103.972_08, 104, 1024 * .pi, 8192, .greatestFiniteMagnitude, .infinity,
  ]

  /// Every 1021st bit pattern, which visits each exponent thousands of times, and all around the boundaries.
  private static let points: [Float] = {
    var patterns = (0..<4_206_000).map { UInt32(truncatingIfNeeded: $0 * 1021) }
    for boundary in boundaries {
      let first = Int(boundary.bitPattern) - 1500
      for pattern in first..<(first + 3000) {
        patterns.append(UInt32(truncatingIfNeeded: pattern))
        patterns.append(UInt32(truncatingIfNeeded: pattern) ^ 0x8000_0000)
      }
    }
    return patterns.map(Float.init(bitPattern:))
  }()

  /// The error of `y` in units in the last place of the exact value; infinite where infinities, NaN or
  /// signs differ.
  private static func error(_ y: Float, exact: Double) -> Double {
    let rounded = Float(exact)
    if rounded.isNaN || y.isNaN { return rounded.isNaN && y.isNaN ? 0 : .infinity }
    guard rounded.sign == y.sign, rounded.isInfinite == y.isInfinite else { return .infinity }
    return y.isInfinite ? 0 : abs(Double(y) - exact) / Double(rounded.ulp)
  }

  @Test("functions keep their bounds over all floats", arguments: bounds.indices)
  func ulpBounds(index: Int) {
    let (operation, bound) = VectorMathFloatTests.bounds[index]
    let points = VectorMathFloatTests.points
    let results = VectorMath.apply(operation, points)
    var worst = 0.0
    var place: Float = 0
    for (x, y) in zip(points, results) {
      let error = VectorMathFloatTests.error(y, exact: operation.value(of: Double(x)))
      if error > worst { (worst, place) = (error, x) }
    }
    #expect(worst <= bound, "\(operation): \(worst) ulp at \(place)")
  }
}

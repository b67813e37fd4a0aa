// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Tensors
import Testing

@testable import Engines

/// The elementary functions of the kernels against the C library in Double.
@Suite struct VectorMathTests {
  private func apply<Scalar: EngineScalar>(
    _ operation: UnaryOperation, _ x: [Scalar]
  ) -> [Scalar] {
    var result = [Scalar](repeating: 0, count: x.count)
    result.withUnsafeMutableBufferPointer { out in
      x.withUnsafeBufferPointer { input in
        guard let d = out.baseAddress, let a = input.baseAddress else { return }
        Scalar.apply(operation.opcode, d, a, a, a, x.count)
      }
    }
    return result
  }

  /// Ranges that reach the ends of each function's domain, and the bound in units in the last place.
  private static let bounds: [(UnaryOperation, ClosedRange<Float>, Float)] = [
    (.exponential, -87...88.5, 1.5), (.logarithm, 1e-38...3e38, 1.5), (.sine, -30...30, 2),
    (.cosine, -30...30, 2), (.tanh, -20...20, 2.5), (.sigmoid, -80...80, 3), (.erf, -5...5, 3),
    (.squareRoot, 0...1e30, 0.6), (.reciprocalSquareRoot, 1e-30...1e30, 1.5),
    (.reciprocal, 1e-30...1e30, 0.6),
  ]

  @Test("single-precision functions keep their bounds", arguments: bounds.indices)
  func ulpBounds(index: Int) {
    let (operation, range, bound) = VectorMathTests.bounds[index]
    let count = 200_003
    var points = (0..<count).map { i -> Float in
      let share = Float(i) / Float(count - 1)
      return range.lowerBound + share * (range.upperBound - range.lowerBound)
    }
    // Small magnitudes as well, and both sides of the switches between polynomials.
    points += (0..<20_000).map { i in Float(i) * 1.1e-4 }.filter(range.contains)
    points += (-120...0).map { Float(sign: .plus, exponent: $0, significand: 1.37) }
      .filter(range.contains)
    let results = apply(operation, points)
    var worst: Float = 0
    for (x, y) in zip(points, results) {
      let exact = operation.value(of: Double(x))
      // Near the zeros of sine and cosine the bound is absolute, in ulps of the reduced argument.
      let floor: Float =
        operation == .sine || operation == .cosine ? Float(0.01).ulp : Float.leastNonzeroMagnitude
      worst = max(worst, Float(abs(Double(y) - exact)) / max(Float(exact).ulp, floor))
    }
    #expect(worst <= bound, "\(operation): \(worst) ulp")
  }

  @Test("special values come out as IEEE says")
  func specialValues() {
    let inf = Float.infinity
    #expect(apply(.exponential, [-inf, inf, 0, 200, -200]) == [0, inf, 1, inf, 0])
    #expect(apply(.logarithm, [0, 1, inf]) == [-inf, 0, inf])
    #expect(apply(.logarithm, [Float(-1)])[0].isNaN)
    #expect(apply(.tanh, [-inf, inf, 0]) == [-1, 1, 0])
    #expect(apply(.sigmoid, [-inf, inf, 0]) == [0, 1, 0.5])
    #expect(apply(.erf, [-inf, inf, 0]) == [-1, 1, 0])
    #expect(apply(.logarithm, [Float.leastNonzeroMagnitude])[0] == log(Float.leastNonzeroMagnitude))
    let large = apply(.sine, [Float(1e6), 3])
    #expect(abs(large[0] - sin(Float(1e6))) < 1e-6 && abs(large[1] - sin(Float(3))) < 1e-6)
    for operation in UnaryOperation.allCases {
      #expect(apply(operation, [Float.nan])[0].isNaN, "\(operation) of NaN")
      #expect(apply(operation, [Double.nan])[0].isNaN, "\(operation) of NaN in Double")
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

@testable import Engines

/// Zeros, infinities, NaN and the ends of the ranges, in both precisions.
@Suite struct VectorMathSpecialValueTests {
  @Test("special values come out as IEEE says in Float")
  func floatValues() { check(Float.self) }

  @Test("special values come out as IEEE says in Double")
  func doubleValues() { check(Double.self) }

  private func check<Scalar: EngineScalar>(_: Scalar.Type) {
    let inf = Scalar.infinity
    func values(_ operation: UnaryOperation, _ x: [Scalar]) -> [Scalar] {
      VectorMath.apply(operation, x)
    }
    #expect(values(.exponential, [-inf, inf, 0, -0.0, 800, -800]) == [0, inf, 1, 1, inf, 0])
    #expect(values(.logarithm, [0, -0.0, 1, inf]) == [-inf, -inf, 0, inf])
    #expect(values(.logarithm, [-1, -inf, -Scalar.leastNonzeroMagnitude]).allSatisfy { $0.isNaN })
    #expect(values(.tanh, [-inf, inf, 50, -50]) == [-1, 1, 1, -1])
    #expect(values(.sigmoid, [-inf, inf, 0, -0.0]) == [0, 1, 0.5, 0.5])
    #expect(values(.erf, [-inf, inf, 10, -10]) == [-1, 1, 1, -1])
    #expect(values(.cosine, [0, -0.0]) == [1, 1])
    #expect(values(.sine, [inf, -inf]).allSatisfy { $0.isNaN })
    #expect(values(.cosine, [inf, -inf]).allSatisfy { $0.isNaN })
    for operation in UnaryOperation.allCases {
      #expect(values(operation, [.nan])[0].isNaN, "\(operation) of NaN")
    }
    for operation in [UnaryOperation.sine, .tanh, .erf] {
      let zeros = values(operation, [0, -0.0])
      #expect(
        zeros == [0, 0] && zeros.map { $0.sign } == [.plus, .minus], "\(operation) of zeros")
    }
    // The smallest arguments come back from functions that are the identity there.
    let tiny = [Scalar.leastNonzeroMagnitude, -Scalar.leastNonzeroMagnitude]
    #expect(values(.sine, tiny) == tiny)
    #expect(values(.tanh, tiny) == tiny)
  }

  @Test("tanh, erf and the sigmoid never leave their ranges")
  func ranges() {
    let x = (-40_000...40_000).map { Float($0) * 1e-3 }
    #expect(VectorMath.apply(.tanh, x).allSatisfy { abs($0) <= 1 })
    #expect(VectorMath.apply(.erf, x).allSatisfy { abs($0) <= 1 })
    #expect(VectorMath.apply(.sigmoid, x).allSatisfy { $0 >= 0 && $0 <= 1 })
    let y = x.map(Double.init)
    #expect(VectorMath.apply(.tanh, y).allSatisfy { abs($0) <= 1 })
    #expect(VectorMath.apply(.erf, y).allSatisfy { abs($0) <= 1 })
    #expect(VectorMath.apply(.sigmoid, y).allSatisfy { $0 >= 0 && $0 <= 1 })
  }
}

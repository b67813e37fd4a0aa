// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@testable import Engines

@Suite struct FactoringTests {
  private let x = Tensor.input("x", [4, 3])
  private let t = Tensor.input("t", [4, 3])
  private let u = Tensor.input("u", [4, 3])

  private func factored(_ outputs: [Tensor]) -> Program {
    Factoring.factored(
      Program(
        inputs: [x, t, u].map { (.shared, $0) },
        outputs: outputs.enumerated().map { ("y\($0.offset)", .sum, $0.element) }
      ).simplified()
    ).program
  }

  private func count(_ operation: BinaryOperation, in program: Program) -> Int {
    program.equations.count { $0.primitive == .binary(operation) }
  }

  @Test("a common factor is multiplied once")
  func commonFactor() {
    let program = factored([sin(x) * t + cos(x) * t])
    #expect(count(.multiply, in: program) == 1)
    #expect(count(.add, in: program) == 1)
  }

  @Test("like terms are added up; terms that cancel are kept, since infinities do not")
  func likeTerms() {
    #expect(count(.add, in: factored([x * t + x * t])) == 0)
    #expect(count(.subtract, in: factored([x * t - x * t])) == 1)
  }

  @Test("the slope of a composite function is one value for tangent and cotangent")
  func sharedSlope() {
    let y = silu(x)
    let tangent = derivative(of: y, along: [x: t])
    let cotangent = pullback(of: [y], along: [u], to: [x])[0]
    let program = factored([tangent, cotangent])
    // sigmoid, 1 - s, x (1 - s), 1 + ..., s (...), and one product for each direction.
    #expect(count(.multiply, in: program) == 4)
    #expect(count(.add, in: program) == 1)
    #expect(count(.subtract, in: program) == 1)
  }

  @Test("a second derivative needs one product more for each direction")
  func secondDerivative() {
    let gradient = pullback(of: [silu(x)], along: [u], to: [x])[0]
    let second = derivative(of: gradient, along: [x: t])
    let program = factored([second])
    let slope = program.equations.filter { equation in
      equation.primitive == .binary(.multiply)
        && equation.operands.contains { [1, 2].contains($0) }
    }
    #expect(slope.count <= 2, "t and u are multiplied once each")
  }

  @Test("sums without a common factor stay as written")
  func untouched() {
    let written = factored([(x + t) - (u + sin(x) * cos(t))])
    #expect(written.equations.map(\.primitive.name).filter { $0 == "add" }.count == 2)
    #expect(count(.subtract, in: written) == 1)
  }

  @Test("collected sums keep their values")
  func values() throws {
    let arguments = ["x", "t", "u"].enumerated().map { index, name in
      Argument(name, [4, 3], (0..<12).map { 0.3 * Double(($0 * 7 + index * 5) % 11) - 1.4 })
    }
    let (x, t, u) = (arguments[0].tensor, arguments[1].tensor, arguments[2].tensor)
    let first = derivative(of: gelu(x) * sin(t), along: [x: u, t: x])
    let outputs = [first, derivative(of: first, along: [x: t])]
    let expected = try evaluate(outputs, arguments, by: .interpreter)
    let actual = try evaluate(outputs, arguments, by: .double)
    for (left, right) in zip(expected, actual) { #expect(relativeDifference(left, right) < 1e-14) }
  }
}

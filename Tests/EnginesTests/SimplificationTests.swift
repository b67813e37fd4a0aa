// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@testable import Engines

@Suite struct SimplificationTests {
  private let x = Tensor.input("x", [4, 3])

  private func simplified(_ output: Tensor, inputs: [Tensor] = []) -> Program {
    Program(
      inputs: ([x] + inputs).map { (.shared, $0) }, outputs: [("y", .sum, output)]
    ).simplified()
  }

  private func names(_ program: Program) -> [String] { program.equations.map(\.primitive.name) }

  @Test("equal computations are done once, whatever the order of commuting operands")
  func commonSubexpressions() {
    let y = Tensor.input("y", [4, 3])
    let program = simplified((sin(x) * y) + (y * sin(x)), inputs: [y])
    #expect(names(program) == ["input", "input", "sine", "multiply", "add"])
  }

  @Test("neutral elements, double negations and nested scalings vanish")
  func algebra() {
    #expect(names(simplified(1 * (x + 0) - 0)) == ["input"])
    #expect(names(simplified(-(-x))) == ["input"])
    #expect(names(simplified(2 * (3 * x))) == ["input", "constant", "multiply"])
    #expect(names(simplified(x + -sin(x))) == ["input", "sine", "subtract"])
    #expect(names(simplified(x / 4)) == ["input", "constant", "multiply"])
    #expect(names(simplified(x / 3)) == ["input", "constant", "divide"])
  }

  @Test("constants fold, dead code goes")
  func folding() {
    let folded = simplified(x + exp(Tensor(1)) * 2)
    #expect(names(folded) == ["input", "constant", "add"])
    guard case .constant(let values) = folded.equations[1].primitive else {
      Issue.record("expected a constant")
      return
    }
    #expect(values == [2 * 2.718281828459045])
  }

  @Test("transposes become flags of a product")
  func transposes() {
    let program = simplified(matmul(x.transposed(), x))
    #expect(names(program) == ["input", "matmul"])
    #expect(
      program.equations[1].primitive == .matmul(transposeLeft: true, transposeRight: false))
  }

  @Test("work on stretched tensors is done before they are stretched")
  func broadcasts() {
    let column = Tensor.input("column", [4, 1])
    let wide = column.broadcast(to: [4, 3])
    let program = simplified(x * exp(wide * wide), inputs: [column])
    let exponential = program.equations.first { $0.primitive == .unary(.exponential) }
    #expect(exponential?.shape == [4, 1])
  }

  @Test("a program prints an equation a line")
  func printing() {
    let text = simplified(matmul(x, x, transposeRight: true)).description
    #expect(
      text == """
        program, 1 row a block {
          input shared x [4, 3]
          %1 [4, 4] = matmul(x, x, right transposed)
          output sum y = %1
        }
        """)
  }
}

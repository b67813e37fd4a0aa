// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@testable import Engines

@Suite struct CompilationPassTests {
  private let x = Tensor.input("x", [4, 3])
  private let column = Tensor.input("column", [4, 1])

  private func names(_ output: Tensor, upTo pass: CompilationPass) -> [String] {
    Program(
      inputs: [(.shared, x), (.shared, column)], outputs: [("y", .sum, output)]
    ).optimized(upTo: pass).program.equations.map(\.primitive.name).filter { $0 != "input" }
  }

  @Test("a pass includes itself and those before it, in the order in which they are listed")
  func order() {
    for (place, pass) in CompilationPass.allCases.enumerated() {
      for (other, earlier) in CompilationPass.allCases.enumerated() {
        #expect(pass.includes(earlier) == (other <= place))
      }
    }
  }

  @Test("each pass does its own work and none of a later one's")
  func ownWork() {
    let shared = stopGradient(sin(x)) + stopGradient(sin(x))
    #expect(names(shared, upTo: .tracing).count == 5)
    #expect(names(shared, upTo: .commonSubexpressions) == ["sine", "add"])
    let literal = x * exp(Tensor(2, shape: [4, 3]))
    #expect(
      names(literal, upTo: .commonSubexpressions) == ["constant", "exponential", "multiply"])
    #expect(names(literal, upTo: .constantFolding) == ["constant", "multiply"])
    let neutral = x + Tensor(0, shape: [4, 3])
    #expect(names(neutral, upTo: .constantFolding) == ["constant", "add"])
    #expect(names(neutral, upTo: .algebra) == [])
    let wide = x * exp(column.broadcast(to: [4, 3]))
    #expect(names(wide, upTo: .algebra) == ["broadcast", "exponential", "multiply"])
    #expect(names(wide, upTo: .stretching) == ["exponential", "broadcast", "multiply"])
    let product = matmul(x.transposed(), x)
    #expect(names(product, upTo: .stretching) == ["transpose", "matmul"])
    #expect(names(product, upTo: .transposes) == ["matmul"])
    let sum = sin(x) * x + cos(x) * x
    #expect(names(sum, upTo: .transposes).filter { $0 == "multiply" }.count == 2)
    #expect(names(sum, upTo: .collection).filter { $0 == "multiply" }.count == 1)
  }

  @Test("what a pass leaves behind is counted and swept away")
  func deadCode() {
    let program = Program(
      inputs: [(.shared, x)], outputs: [("y", .sum, x + 0 * sin(x))])
    let result = program.optimized(upTo: .algebra)
    #expect(result.program.equations.map(\.primitive.name) == ["input"])
    // The sine, the factor and the zero, scalar and stretched, and the product.
    #expect(result.deadEquations > 0)
    #expect(program.optimized(upTo: .tracing).deadEquations == 0)
  }

  @Test(
    "a program compiled with any of the passes computes what its equations say",
    arguments: CompilationPass.allCases)
  func meaning(pass: CompilationPass) throws {
    let rows = 6
    let weights = Tensor.input("weights", [3, 3])
    let point = Tensor.input("point", [rows, 3])
    func field(_ scale: Tensor) -> Tensor { silu(matmul(point * scale, weights)) }
    let one = Tensor.ones([rows, 1])
    let tangent = derivative(of: field(one), along: [point: stopGradient(field(0.5 * one))])
    let loss = mean(square(field(one) - stopGradient(tangent - 0 * point)))
    let program = Program(
      rows: rows, inputs: [(.perRow, point), (.shared, weights)],
      outputs: [
        ("loss", .mean, loss),
        ("gradient", .mean, gradient(of: loss, withRespectTo: weights)),
        ("tangent", .perRow, tangent),
      ])
    var numbers = TestNumbers(seed: 11)
    let inputs = ["point": numbers.array(rows * 3), "weights": numbers.array(9)]
    let expected = try Interpreter().evaluate(program, inputs)
    let spelt = try Interpreter().evaluate(program.optimized(upTo: pass).program, inputs)
    let executable = Executable<Double>(
      rows: rows, blockRows: rows, pool: WorkerPool(threads: 1), passes: pass
    ) { _ in program }
    let run = try executable.evaluate(inputs)
    for (name, values) in expected {
      #expect(relativeDifference(try #require(spelt[name]), values) < 1e-13)
      #expect(relativeDifference(try #require(run[name]), values) < 1e-13)
    }
  }
}

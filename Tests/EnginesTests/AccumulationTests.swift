// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

@testable import Engines

@Suite struct AccumulationTests {
  private let x = Tensor.input("x", [4, 3])
  private let y = Tensor.input("y", [4, 3])

  private func accumulation(_ output: Tensor, _ role: Program.OutputRole) -> (Program, Accumulation)
  {
    let program = Program(
      rows: 4, inputs: [(.perRow, x), (.perRow, y)], outputs: [("total", role, output)]
    ).simplified()
    return (program, Accumulation(program, meanScale: 0.25))
  }

  @Test("a sum of products on the way to a reduced output is never formed")
  func sumOfProducts() throws {
    let first = matmul(x, y, transposeLeft: true)
    let second = matmul(y, y, transposeLeft: true)
    let (program, result) = accumulation(3 * (first - second), .mean)
    let products = program.equations.indices.filter {
      program.equations[$0].primitive.name == "matmul"
    }
    #expect(result.absorbed.count == 2)
    #expect(result.soleTerm(of: products[0]) == Accumulation.Term(output: 0, scale: 0.75))
    #expect(result.soleTerm(of: products[1]) == Accumulation.Term(output: 0, scale: -0.75))
  }

  @Test("a value that something else reads is formed, and contributes as a whole")
  func sharedValue() {
    let sum = x.sum([0]) + y.sum([0])
    let program = Program(
      rows: 4, inputs: [(.perRow, x), (.perRow, y)],
      outputs: [("total", .sum, sum), ("square", .sum, sum * sum)])
    let result = Accumulation(program, meanScale: 1)
    #expect(result.absorbed.isEmpty)
    #expect(result.terms.count == 2)
  }

  @Test(
    "parts that fill an output from end to end are added in their places; others are formed as a whole"
  )
  func parts() throws {
    func rows(_ product: Tensor, _ low: Int, _ high: Int) -> Tensor {
      product.padded(low: [low, 0], high: [high, 0])
    }
    let product = matmul(x, y, transposeLeft: true)
    let other = matmul(y, y, transposeLeft: true)
    let (program, whole) = accumulation(rows(product, 0, 3) + rows(other, 3, 0), .sum)
    let products = program.equations.indices.filter {
      program.equations[$0].primitive.name == "matmul"
    }
    #expect(
      products.map { whole.soleTerm(of: $0)?.offset } == [0, 9]
        && whole.terms.count == 2 && whole.absorbed.count == 3)
    for (low, high) in [(3, 0), (2, 1), (4, 0)] {
      let sum = rows(product, 0, low + high) + rows(other, low, high)
      #expect(
        accumulation(sum, .sum).1.terms.values.joined().allSatisfy { $0.offset == 0 } == (low != 3))
    }
    let mixed =
      rows(product, 0, 3) + rows(other, 3, 0)
      + matmul(
        concatenate([x, y], axis: 1), y, transposeLeft: true)
    #expect(accumulation(mixed, .sum).1.terms.values.joined().allSatisfy { $0.offset == 0 })
  }

  @Test(
    "the gradient of a matrix used row by row is that of the interpreter, block after block",
    arguments: [1, 2, 3])
  func rowsOfMatrix(blockRows: Int) throws {
    func trace(_ rows: Int) -> Program {
      let x = Tensor.input("x", [rows, 2])
      let w = Tensor.input("w", [3, 2, 2])
      let parts = w.split(into: 3, axis: 0).map { $0.reshaped(to: [2, 2]) }
      let y = parts.reduce(x) { sin(matmul($0, $1)) + matmul(x, $1) }
      return Program(
        rows: rows, inputs: [(.perRow, x), (.shared, w)],
        outputs: [("gradient", .sum, gradient(of: square(y).sum(), withRespectTo: [w])[0])])
    }
    func numbers(_ count: Int) -> [Double] { (0..<count).map { Double($0) / 8 - 1 } }
    let inputs: [String: [Double]] = [
      "x": numbers(14), "w": numbers(12),
    ]
    let executable = Executable<Double>(
      rows: 7, blockRows: blockRows, pool: WorkerPool(threads: 2), trace: trace)
    let values = try #require(executable.evaluate(inputs)["gradient"])
    let want = try #require(Interpreter().evaluate(trace(7), inputs)["gradient"])
    #expect(zip(values, want).allSatisfy { abs($0 - $1) < 1e-12 * max(1, abs($1)) })
  }

  @Test("the terms add up to the output, block after block")
  func values() throws {
    let executable = Executable<Double>(
      rows: 8, blockRows: 4, pool: WorkerPool(threads: 1)
    ) { rows in
      let x = Tensor.input("x", [rows, 3])
      let product = matmul(x, x, transposeLeft: true)
      return Program(
        rows: rows, inputs: [(.perRow, x)],
        outputs: [("total", .sum, 2 * product - (-(product + x.sum([0]))))])
    }
    let x = (0..<24).map { Double($0) / 8 }
    let total = try #require(executable.evaluate(["x": x])["total"])
    for i in 0..<3 {
      for j in 0..<3 {
        let product = (0..<8).reduce(0) { $0 + x[$1 * 3 + i] * x[$1 * 3 + j] }
        let sum = (0..<8).reduce(0) { $0 + x[$1 * 3 + j] }
        #expect(abs(total[i * 3 + j] - (3 * product + sum)) < 1e-12)
      }
    }
  }
}

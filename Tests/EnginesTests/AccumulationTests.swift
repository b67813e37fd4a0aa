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
    let total = try #require(try executable.evaluate(["x": x])["total"])
    for i in 0..<3 {
      for j in 0..<3 {
        let product = (0..<8).reduce(0) { $0 + x[$1 * 3 + i] * x[$1 * 3 + j] }
        let sum = (0..<8).reduce(0) { $0 + x[$1 * 3 + j] }
        #expect(abs(total[i * 3 + j] - (3 * product + sum)) < 1e-12)
      }
    }
  }
}

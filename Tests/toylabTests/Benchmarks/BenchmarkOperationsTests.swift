// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Tensors
import Testing

@testable import toylab

@Suite struct BenchmarkOperationsTests {
  @Test("matrix products are counted exactly, however their operands are stored")
  func program() {
    let a = Tensor.input("a", [3, 5])
    let b = Tensor.input("b", [5, 7])
    let c = Tensor.input("c", [7, 5])
    let d = Tensor.input("d", [2, 5, 3])
    let e = Tensor.input("e", [2, 5, 4])
    let outputs = [
      matmul(a, b), matmul(a, c, transposeRight: true), matmul(d, e, transposeLeft: true),
    ]
    let program = Program(
      inputs: [a, b, c, d, e].map { (.shared, $0) },
      outputs: outputs.enumerated().map { ("\($0.offset)", .sum, $0.element) })
    #expect(
      program.matrixProductOperations == Double(2 * 3 * 5 * 7 * 2 + 2 * 2 * 3 * 5 * 4))
  }

  @Test("an executable counts the whole batch, a shorter last block by its share")
  func executable() {
    let executable = Executable<Float>(rows: 40, blockRows: 16, pool: WorkerPool(threads: 1)) {
      rows in
      let x = Tensor.input("x", [rows, 4])
      let w = Tensor.input("w", [4, 6])
      return Program(
        rows: rows, inputs: [(.perRow, x), (.shared, w)], outputs: [("y", .perRow, matmul(x, w))])
    }
    #expect(executable.matrixProductOperations == 2 * 40 * 4 * 6)
  }

  @Test(
    "a step of every kind of item runs, and costs more operations than its forward pass",
    arguments: [
      "isd-8@32", "esd-8@32", "hvp-8@32", "isd-2x8@32", "tit-tiny@2", "tit-tiny-difference@2",
      "unet-tiny@2", "conv-5x8@3",
    ])
  func steps(name: String) throws {
    let item = try BenchmarkItem.named(name)
    let work = try item.makeWork(pool: WorkerPool(threads: 2))
    let first = try work.step()
    #expect(try work.step().isFinite && first.isFinite)
    #expect(work.memory > 0)
    switch item.work {
    case .hessianProduct:
      #expect(work.operations > Double(32 * 2 * (4 * 8 + 2 * 64 + 16)))
    case .training(_, let sizes):
      #expect(first > 0)
      let hidden = (sizes.depth - 1) * sizes.width * sizes.width
      #expect(work.operations > Double(32 * 2 * (6 * sizes.width + hidden)))
    case .transformer:
      #expect(first > 0)
      #expect(work.operations > Double(2 * 49 * 2 * 4 * (4 * 128 * 128 + 3 * 128 * 341)))
    case .unet:
      #expect(first > 0)
      #expect(work.operations > Double(2 * 784 * 2 * 9 * (3 * 32 * 32 + 64 * 32)))
    case .convolution:
      #expect(work.operations == Double(3 * 3 * 25 * 2 * 9 * 64))
    }
  }
}

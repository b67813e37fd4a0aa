// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

@testable import Engines

@Suite struct BlockSizeTests {
  @Test("a block may fill three quarters of a cache between 256 KB and 4 MB")
  func cacheShare() {
    #expect((196_608...3_145_728).contains(BlockSize.cacheBytes))
  }

  @Test("a smaller cache makes smaller blocks")
  func smallCache() {
    func rows(_ cacheBytes: Int) -> Int {
      BlockSize.fitting(
        tried: 128, arenaBytes: 1 << 20, productRows: 256, cacheBytes: cacheBytes)
    }
    #expect(rows(1 << 20) == 128)
    #expect(rows(1 << 19) == 64)
    #expect(rows(1 << 18) == 32)
  }

  @Test("a working set that fits the cache is left alone")
  func fits() {
    #expect(
      BlockSize.fitting(tried: 128, arenaBytes: BlockSize.cacheBytes, productRows: 128) == 128)
  }

  @Test("a block is cut to the cache as long as its products keep enough rows")
  func cut() {
    #expect(
      BlockSize.fitting(tried: 128, arenaBytes: 2 * BlockSize.cacheBytes, productRows: 128) == 64)
    #expect(
      BlockSize.fitting(tried: 128, arenaBytes: 16 * BlockSize.cacheBytes, productRows: 128)
        == 128)
  }

  @Test("rows that are images of many tokens make small blocks")
  func images() {
    #expect(
      BlockSize.fitting(tried: 16, arenaBytes: 100 * BlockSize.cacheBytes, productRows: 784) == 4)
  }

  @Test("what a program needs beside its inputs grows with the block, not with the batch")
  func memory() {
    func bytes(rows: Int) -> Int {
      Executable<Float>(rows: rows, pool: WorkerPool(threads: 1)) { rows in
        let x = Tensor.input("x", [rows, 4])
        let w = Tensor.input("w", [4, 32])
        let v = Tensor.input("v", [32, 4])
        let loss = mean(squaredNorm(matmul(silu(matmul(x, w)), v) - x))
        return Program(
          rows: rows, inputs: [(.perRow, x), (.shared, w), (.shared, v)],
          outputs: [("loss", .mean, loss), ("w", .mean, gradient(of: loss, withRespectTo: w))])
      }.workingMemory
    }
    #expect(bytes(rows: 4096) > 0)
    #expect(bytes(rows: 65_536) == bytes(rows: 4096))
  }
}

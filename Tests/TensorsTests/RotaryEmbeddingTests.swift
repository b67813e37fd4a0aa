// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@Suite struct RotaryEmbeddingTests {
  /// One query and one key put on every token: `[tokens, width]` each.
  private func scores(gridSize: Int, width: Int) throws -> [Double] {
    var numbers = TestNumbers(seed: 5)
    let q = Argument("q", [1, width], numbers.array(width))
    let k = Argument("k", [1, width], numbers.array(width))
    let rotary = RotaryEmbedding(gridSize: gridSize, width: width)
    func everywhere(_ x: Tensor) -> Tensor {
      rotary(x.broadcast(to: [gridSize * gridSize, width]))
    }
    return try evaluate(
      [matmul(everywhere(q.tensor), everywhere(k.tensor), transposeRight: true)], [q, k])[0]
  }

  @Test("products depend on the difference of two positions alone, in both directions")
  func relative() throws {
    let size = 4
    let tokens = size * size
    let scores = try scores(gridSize: size, width: 8)
    var seen: [[Int]: Double] = [:]
    for first in 0..<tokens {
      for second in 0..<tokens {
        let difference = [first / size - second / size, first % size - second % size]
        let score = scores[first * tokens + second]
        #expect(abs(seen[difference, default: score] - score) < 1e-13)
        seen[difference] = score
      }
    }
    #expect(seen.count == (2 * size - 1) * (2 * size - 1))
    #expect(Set(seen.values.map { ($0 * 1e9).rounded() }).count == seen.count)
  }

  @Test("the first pair turns by the row and the pair of the second half by the column")
  func angles() throws {
    let x = Argument("x", [4, 4], [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0])
    let turned = try evaluate([RotaryEmbedding(gridSize: 2, width: 4)(x.tensor)], [x])[0]
    let (c, s) = (0.5403023058681398, 0.8414709848078965)
    let expected: [Double] = [1, 0, 1, 0, 1, 0, c, s, c, s, 1, 0, c, s, c, s]
    #expect(relativeDifference(turned, expected) < 1e-15)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams
import Testing

@Suite struct KeyedPermutationTests {
  private func order(_ count: Int, epoch: Int = 0, seed: UInt64 = 1) -> [Int] {
    let epoch = KeyedPermutation(count: count, seed: seed, purpose: .dataOrder).epoch(epoch)
    return (0..<count).map { epoch[$0] }
  }

  @Test("every epoch is a bijection", arguments: [1, 2, 3, 4, 5, 16, 17, 255, 1000, 4097])
  func bijections(count: Int) {
    for epoch in 0..<3 { #expect(order(count, epoch: epoch).sorted() == Array(0..<count)) }
  }

  @Test("seeds and epochs have orders of their own, the same each time")
  func keys() {
    let orders = (0..<4).map { order(1000, epoch: $0) } + [order(1000, seed: 2)]
    #expect(Set(orders).count == orders.count)
    #expect(order(1000, epoch: 3) == orders[3])
  }

  @Test("a place goes everywhere alike, and neighbours go apart")
  func uniformity() {
    // 12,000 epochs of 12 places: each pair (place, image) is expected 1,000 times.
    let (count, epochs) = (12, 12_000)
    var images = [Int](repeating: 0, count: count * count)
    var steps = [Int](repeating: 0, count: count)
    let permutation = KeyedPermutation(count: count, seed: 5, purpose: .dataOrder)
    for epoch in 0..<epochs {
      let order = permutation.epoch(epoch)
      for place in 0..<count { images[place * count + order[place]] += 1 }
      steps[(order[1] - order[0] + count) % count] += 1
    }
    func chiSquare(_ counts: [Int], expected: Double) -> Double {
      counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }
    // 121 and 10 degrees of freedom: five standard deviations above the mean.
    #expect(chiSquare(images, expected: 1000) < 121 + 5 * 242.0.squareRoot())
    #expect(steps[0] == 0)
    #expect(
      chiSquare(Array(steps[1...]), expected: Double(epochs) / 11) < 10 + 5 * 20.0.squareRoot())
  }
}

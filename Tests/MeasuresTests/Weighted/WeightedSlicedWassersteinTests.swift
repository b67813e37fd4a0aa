// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct WeightedSlicedWassersteinTests {
  private let directions = Directions.evenlySpaced(count: 12)

  @Test("Equal weights change nothing, and a whole weight is that many points")
  func repeatedPoints() {
    let left = normalPoints(count: 50, dimension: 2, seed: 1)
    let right = normalPoints(count: 35, dimension: 2, seed: 2)
    let plain = slicedWassersteinDistance(left, right, along: directions)
    let equal = slicedWassersteinDistance(
      WeightedPoints(left, weights: left.values.indices.prefix(50).map { _ in 0.3 }),
      WeightedPoints(right), along: directions)
    #expect(abs(plain.value - equal.value) < 1e-12)
    #expect(abs(plain.standardError - equal.standardError) < 1e-12)
    let copies = Points(
      (0..<50).flatMap { row in (0..<row % 3).flatMap { _ in left[row] } }, dimension: 2)
    let weighted = slicedWassersteinDistance(
      WeightedPoints(left, weights: (0..<50).map { Double($0 % 3) }), WeightedPoints(right),
      along: directions)
    let repeated = slicedWassersteinDistance(copies, right, along: directions)
    #expect(abs(weighted.value - repeated.value) < 1e-12)
  }

  @Test("On the line it is the exact distance")
  func line() {
    let left = WeightedPoints(
      normalPoints(count: 30, dimension: 1, seed: 1), weights: (1...30).map { Double($0) })
    let right = WeightedPoints(normalPoints(count: 20, dimension: 1, seed: 2))
    let sliced = slicedWassersteinDistance(
      left, right, along: Directions(along: Points([1], dimension: 1)))
    #expect(abs(sliced.value - transportDistance(left, right).value) < 1e-12)
  }
}

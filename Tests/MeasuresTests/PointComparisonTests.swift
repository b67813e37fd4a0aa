// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct PointComparisonTests {
  private func comparison(
    _ left: WeightedPoints, _ right: WeightedPoints, seed: UInt64 = 1
  ) throws -> PointComparison {
    try PointComparison(
      left, right, kinds: PointComparison.Kind.allCases, splits: 20, directions: 16, seed: seed)
  }

  @Test(
    "Two laws lie far above the floor of every measure, and one law within it",
    arguments: [false, true])
  func floors(isWeighted: Bool) throws {
    func sample(_ count: Int, _ seed: Int) -> WeightedPoints {
      WeightedPoints(
        normalPoints(count: count, dimension: 2, seed: seed),
        weights: isWeighted ? (0..<count).map { Double($0 % 3 + 1) } : nil)
    }
    let moved = WeightedPoints(
      sample(60, 2).points.shifted(by: [1.5, 0]), weights: sample(60, 2).masses)
    for reading in try comparison(sample(90, 1), moved).readings { #expect(reading.excess > 5) }
    for reading in try comparison(sample(90, 3), sample(60, 4)).readings {
      #expect(abs(reading.excess) < 4)
    }
  }

  @Test("The seed decides the floor and nothing else in the plane")
  func seeds() throws {
    let left = WeightedPoints(normalPoints(count: 40, dimension: 2, seed: 1))
    let right = WeightedPoints(normalPoints(count: 50, dimension: 2, seed: 2))
    let first = try comparison(left, right)
    #expect(try comparison(left, right) == first)
    let other = try comparison(left, right, seed: 2)
    #expect(other.readings.map(\.value) == first.readings.map(\.value))
    #expect(other.readings.map(\.floor) != first.readings.map(\.floor))
  }

  @Test("Sizes that a measure does not take are told")
  func refusals() {
    #expect(
      PointComparison.refusal(of: .exact, left: 4000, right: 4000)
        == .transportSize(left: 4000, right: 4000))
    #expect(
      PointComparison.refusal(of: .energy, left: 70_000, right: 3)
        == .pairCount(left: 70_000, right: 3))
    #expect(PointComparison.refusal(of: .mmd, left: 2, right: 3) == .tooFew(left: 2, right: 3))
    #expect(PointComparison.refusal(of: .sliced, left: 1, right: 9_000_000) == nil)
    #expect(PointComparison.refusal(of: .exact, left: 9000, right: 1000) == nil)
  }
}

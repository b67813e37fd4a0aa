// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct WeightedPointsTests {
  @Test("Weights of any sum become shares of one")
  func masses() {
    let points = Points([1, 2, 3], dimension: 1)
    #expect(WeightedPoints(points).masses == nil)
    #expect(WeightedPoints(points, weights: [2, 0, 6]).masses == [0.25, 0, 0.75])
  }
}

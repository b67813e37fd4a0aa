// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct FeatureFloorTests {
  @Test("Halves of one sample lie as far apart as the bias of both, and no kernel distance apart")
  func twoHalves() throws {
    let points = normalPoints(count: 2000, dimension: 8, seed: 4)
    let floor = try FeatureFloor(of: points, subsets: .blocks(size: 200), seed: 1)
    #expect(floor.halfCount == 1000)
    // Twice d (1 + (d + 1) / 4) / N: both halves are finite.
    let theory = 2 * 8 * (1 + 9.0 / 4) / 1000
    #expect(abs(floor.frechet.mean.value / theory - 1) < 0.25)
    #expect(abs(floor.kernel.mean.value) < 5 * floor.kernel.standardDeviation)
  }

  @Test("Halves of no more samples than features are refused")
  func tooFew() {
    #expect(throws: FeatureError.self) {
      try FeatureFloor(of: normalPoints(count: 17, dimension: 8, seed: 4), seed: 1)
    }
  }
}

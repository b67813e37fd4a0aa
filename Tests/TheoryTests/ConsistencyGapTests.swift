// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import GroundTruth
import Interpolants
import Testing

@testable import Theory

@Suite struct ConsistencyGapTests {
  @Test("one draw behind each point hides the O(Δ) difference that the exact expectation shows")
  func sampled() throws {
    let gap = try ConsistencyGap(
      .linear, target: try MixturePreset.four.mixture(), steps: [1.0 / 64, 1.0 / 256, 1.0 / 1024],
      count: 8, seed: 3, pool: WorkerPool(threads: 1))
    #expect(abs(gap.slope(of: \.training).value - 1) < 0.1)
    #expect(abs(gap.slope(of: \.sampled).value) < 0.3)
    let last = try #require(gap.points.last)
    #expect(last.sampled > 10 * last.training)
  }
}

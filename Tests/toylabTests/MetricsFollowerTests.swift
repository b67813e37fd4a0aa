// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Probing
import Testing

@testable import toylab

@Suite struct MetricsFollowerTests {
  @Test("each row is told of once, with the course so far")
  func lines() {
    var follower = MetricsFollower()
    func row(_ step: Int, _ loss: Double) -> MetricsRow {
      MetricsRow(step: step, values: [("loss", loss), ("other", 1)])
    }
    #expect(follower.line(for: nil) == nil)
    #expect(follower.line(for: row(0, 2)) == "step 0  loss 2 ▁\n")
    #expect(follower.line(for: row(0, 2)) == nil)
    #expect(follower.line(for: row(50, 1)) == "step 50  loss 1 █▁\n")
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Runs

@Suite struct SweepHalvingTests {
  @Test(
    "the share that goes on is rounded up, and is one at least",
    arguments: [
      (8, 0.5, 4), (7, 0.5, 4), (1, 0.1, 1), (30, 0.1, 3), (9, 1.0 / 3, 3), (10, 0.01, 1),
      (0, 0.5, 0),
    ])
  func kept(count: Int, keep: Double, expected: Int) {
    #expect(SweepHalving(rungs: [1], keep: keep).kept(of: count) == expected)
  }

  @Test(
    "the best go on, in their order; what has wholly diverged does not, even where it leaves room")
  func survivors() {
    let halving = SweepHalving(rungs: [1], keep: 0.5)
    let ranking = SweepRanking("m")
    let scores = [4.0, 1, 3, 2].map { SweepRanking.Score([$0]) }
    #expect(halving.survivors(scores, by: ranking) == [1, 3])
    #expect(halving.survivors(scores, by: SweepRanking("m", better: .higher)) == [0, 2])
    let lost = SweepRanking.Score([], failures: 1)
    #expect(halving.survivors([lost, lost, scores[0], lost], by: ranking) == [2])
    #expect(halving.survivors([lost, lost], by: ranking) == [])
  }

  @Test("what is planned follows from the rungs")
  func planned() throws {
    let plan = try smallPlan(
      #"""
      "axes": {"configuration.batch": [8, 9, 10, 11, 12]}, "seeds": 2,
      "halving": {"rungs": [4, 8], "keep": 0.5}
      """#)
    #expect(plan.stageCount == 3 && plan.stages(of: plan.trials[0]) == [4, 8, 12])
    #expect(plan.trialCounts == [5, 3, 2])
    #expect(plan.totalSteps == 2 * (5 * 4 + 3 * 4 + 2 * 4))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Runs

@Suite struct SweepRankingTests {
  private typealias Score = SweepRanking.Score

  @Test("settings are ordered by their means over seeds, at the end that is asked for")
  func means() {
    let scores = [Score([3, 5]), Score([1, 2]), Score([2, 9])]
    #expect(SweepRanking("m").order(scores) == [1, 0, 2])
    #expect(SweepRanking("m", better: .higher).order(scores) == [2, 0, 1])
  }

  @Test("a diverged seed puts its setting behind all others, and no number last; ties stay")
  func failures() {
    let scores = [
      Score([], failures: 2), Score([1], failures: 1), Score([9, 9]), Score([]), Score([9, 9]),
    ]
    #expect(SweepRanking("m").order(scores) == [2, 4, 1, 3, 0])
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all settings are trained to a first step, the best share
/// of them further, and so on to the end.
public struct SweepHalving: Sendable, Hashable {
  /// The steps at which settings are given up, ascending.
  public let rungs: [Int]
  /// The share that goes on, above 0 and below 1.
  public let keep: Double

  public init(rungs: [Int], keep: Double) {
    self.rungs = rungs
    self.keep = keep
  }

  /// How many of some settings go on: the share, rounded up.
  public func kept(of count: Int) -> Int {
    // A share such as 0.1 of 30 may come out a little above the whole number.
    min(count, max(1, Int((keep * Double(count) - 1e-9).rounded(.up))))
  }

  /// The places of the scores that go on, ascending. Settings of which all seeds diverged never do.
  public func survivors(_ scores: [SweepRanking.Score], by ranking: SweepRanking) -> [Int] {
    ranking.order(scores).prefix(kept(of: scores.count)).filter { !scores[$0].values.isEmpty }
      .sorted()
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How many runs train side by side, and with how many threads each.
public struct SweepParallelism: Sendable, Hashable {
  public let runs: Int
  /// Of each run.
  public let threads: Int

  /// Shares out threads. Small networks train fastest one a thread, so that a run gets more than one only where there
  /// are more threads than runs, or where it is asked for.
  ///
  /// - Parameters:
  ///   - runs: how many are asked for side by side; nil for as many as have threads.
  ///   - threads: what is asked for each; nil for its share.
  ///   - total: the threads there are, of which no more are ever used.
  ///   - count: the runs that are to be trained.
  public init(runs: Int? = nil, threads: Int? = nil, within total: Int, count: Int) {
    precondition(total >= 1, "a sweep on \(total) threads")
    let least = min(max(threads ?? 1, 1), total)
    let sideBySide = max(1, min(runs ?? total, total / least, count))
    self.runs = sideBySide
    self.threads = threads == nil ? total / sideBySide : least
  }
}

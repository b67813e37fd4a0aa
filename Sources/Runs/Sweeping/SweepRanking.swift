// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Measures

/// By which number the settings of a sweep are ordered, and which end of it is the better one.
public struct SweepRanking: Sendable, Hashable {
  public enum Better: String, CaseIterable, Codable, Sendable {
    case lower
    case higher
  }

  /// A name of `metrics.jsonl`.
  public let metric: String
  public let better: Better

  public init(_ metric: String, better: Better = .lower) {
    self.metric = metric
    self.better = better
  }

  /// What the seeds of one setting came to.
  public struct Score: Sendable, Equatable {
    /// The number at each seed that has it.
    public let values: [Double]
    /// The seeds that diverged.
    public let failures: Int

    public init(_ values: [Double], failures: Int = 0) {
      self.values = values
      self.failures = failures
    }

    fileprivate var mean: Double { Estimate(meanOf: values).value }
  }

  /// The places of scores from the best to the worst: by their means over seeds, settings of which more seeds diverged
  /// behind all of which fewer did, those without a number last. Equal ones stay in their order.
  public func order(_ scores: [Score]) -> [Int] {
    let keys = scores.map { score -> (isEmpty: Bool, failures: Int, mean: Double) in
      let mean = score.values.isEmpty ? 0 : score.mean
      return (score.values.isEmpty, score.failures, better == .lower ? mean : -mean)
    }
    return scores.indices.sorted { left, right in
      let (a, b) = (keys[left], keys[right])
      if a.isEmpty != b.isEmpty { return b.isEmpty }
      if a.failures != b.failures { return a.failures < b.failures }
      return a.mean != b.mean ? a.mean < b.mean : left < right
    }
  }
}

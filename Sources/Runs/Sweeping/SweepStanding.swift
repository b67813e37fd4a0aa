// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Measures
internal import Probing

/// How a sweep stands, as its folder tells: what is decided follows from the rows of metrics alone, so that a sweep
/// that was killed goes on as if it had not been.
public struct SweepStanding: Sendable {
  /// How one of the settings stands.
  public struct Entry: Sendable {
    public let trial: SweepPlan.Trial
    /// The stages that all its runs have come through, or ended in.
    public internal(set) var stage = 0
    /// Of the last of these, run by run.
    public internal(set) var readings: [SweepReading]
    /// Whether it was given up at that stage.
    public internal(set) var isGivenUp = false

    /// The step of the metrics, or the least that all runs have made.
    public internal(set) var step: Int

    /// The runs that diverged, with the reason.
    public var diverged: [(run: SweepPlan.Run, reason: String)] {
      zip(trial.runs, readings).compactMap { run, reading in
        guard case .diverged(_, let reason) = reading else { return nil }
        return (run: run, reason: reason)
      }
    }

    /// The finite values of a number, one a seed that has it.
    public func values(_ metric: String) -> [Double] {
      readings.compactMap { $0.row?[metric] }.filter(\.isFinite)
    }

    /// The mean over seeds with its standard error, which one seed does not tell.
    public func estimate(_ metric: String) -> Estimate? {
      let values = values(metric)
      if values.count == 1 {
        return Estimate(value: values[0], standardError: .nan, count: 1)
      }
      return values.isEmpty ? nil : Estimate(meanOf: values)
    }

    func score(_ metric: String) -> SweepRanking.Score {
      SweepRanking.Score(values(metric), failures: diverged.count)
    }
  }

  /// A run that is to be trained next, and how far.
  public struct Job: Sendable {
    public let run: SweepPlan.Run
    public let target: Int
  }

  public let plan: SweepPlan
  /// In the order of the plan.
  public private(set) var entries: [Entry]
  /// What is to be trained next; empty at the end.
  public private(set) var jobs: [Job] = []
  /// The stage of ``jobs``.
  public private(set) var stage = 0
  /// Steps made by all runs.
  public let steps: Int

  public var isComplete: Bool { jobs.isEmpty }

  /// Reads the folder of a sweep.
  ///
  /// - Throws: `FileError`, ``RunFolderError``, ``SweepFolderError``.
  public init(of plan: SweepPlan, in path: String) throws {
    self.plan = plan
    let records = try plan.trials.map {
      try $0.runs.map { try SweepRunRecord("\(path)/\($0.name)") }
    }
    steps = records.joined().reduce(0) { $0 + $1.step }
    entries = zip(plan.trials, records).map { trial, records in
      Entry(
        trial: trial, readings: records.map { .pending(step: $0.step) },
        step: records.map(\.step).min() ?? 0)
    }
    var active = Array(plan.trials.indices)
    for stage in 0..<plan.stageCount {
      self.stage = stage
      for index in active {
        let trial = plan.trials[index]
        let target = plan.stages(of: trial)[stage]
        let readings = records[index].map { $0.reading(at: target) }
        let open = zip(trial.runs, readings).compactMap { run, reading -> Job? in
          guard case .pending = reading else { return nil }
          return Job(run: run, target: target)
        }
        jobs += open
        if open.isEmpty { entries[index].settle(readings, stage: stage + 1, at: target) }
      }
      guard jobs.isEmpty, let halving = plan.sweep.halving, stage + 1 < plan.stageCount else {
        break
      }
      let scores = active.map { entries[$0].score(plan.ranking.metric) }
      try requireMetric(active, path)
      let kept = Set(halving.survivors(scores, by: plan.ranking).map { active[$0] })
      for index in active where !kept.contains(index) { entries[index].isGivenUp = true }
      active = active.filter { kept.contains($0) }
    }
  }

  /// The entries from the best to the worst: those that came further before others, and of these by the ranking.
  public var ranked: [Entry] {
    let order = plan.ranking.order(entries.map { $0.score(plan.ranking.metric) })
    return order.map { entries[$0] }.enumerated().sorted { left, right in
      left.element.stage != right.element.stage
        ? left.element.stage > right.element.stage : left.offset < right.offset
    }.map(\.element)
  }

  /// Nothing can be decided by a number that no run has.
  private func requireMetric(_ active: [Int], _ path: String) throws(SweepFolderError) {
    let rows = active.flatMap { entries[$0].readings }.compactMap(\.row)
    guard let first = rows.first, rows.allSatisfy({ $0[plan.ranking.metric] == nil }) else {
      return
    }
    throw .missingMetric(
      path: path, metric: plan.ranking.metric,
      present: first.values.map(\.name).filter { !$0.hasSuffix(".standardError") })
  }
}

extension SweepStanding.Entry {
  fileprivate mutating func settle(_ readings: [SweepReading], stage: Int, at target: Int) {
    self.readings = readings
    self.stage = stage
    // Where all have diverged the step is that of the one that came furthest.
    let ends = readings.map { reading in
      switch reading {
      case .reached: target
      case .diverged(let step, _), .pending(let step): step
      }
    }
    step = ends.max() ?? target
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import FlowMaps
internal import GroundTruth
internal import Probing
internal import Training

/// All runs of a sweep, resolved and found valid before any of them is trained.
public struct SweepPlan: Sendable {
  /// One of the settings, with the runs that differ in their seed alone.
  public struct Trial: Sendable {
    /// The folder of its runs.
    public let name: String
    /// The value of each axis.
    public let values: [JSONValue]
    public let runs: [Run]
    /// The last step.
    public var steps: Int { runs[0].resolved.configuration.steps }
  }

  public struct Run: Sendable {
    /// Its folder, within that of the sweep.
    public let name: String
    public let resolved: ResolvedRun
    public var seed: UInt64 { resolved.configuration.seed }
  }

  public let sweep: Sweep
  public let trials: [Trial]
  /// The short names of the axes.
  public let axisNames: [String]
  public let ranking: SweepRanking
  /// The numbers that are shown, the one of ``ranking`` first.
  public let metrics: [String]

  public var runs: [Run] { trials.flatMap(\.runs) }

  /// Resolves the runs of a sweep.
  ///
  /// - Parameters:
  ///   - defaults: what a run leaves out, for a source.
  ///   - named: finds a source by its name; nil is the default one.
  /// - Throws: `JSONShapeError` for a key or a value that `run.json` does not know, ``SweepPointError`` for values with
  ///   which there is no run, ``SweepValueError``, and what reading the base throws.
  public init(
    _ sweep: Sweep, defaults: @escaping (ResolvedRun.Source) throws -> ResolvedRun,
    source named: @escaping (String?) throws -> ResolvedRun.Source
  ) throws {
    var resolver = try SweepResolver(sweep, defaults: defaults, source: named)
    try resolver.checkAxes()
    guard let count = sweep.expansion.count(sweep.axes), count <= Sweep.largestCount else {
      throw SweepValueError(
        file: sweep.path, position: sweep.axes[0].position, key: "axes",
        value: "a grid of more settings",
        accepted: "at most \(Sweep.largestCount) settings, or \"random\": {\"draws\": …}")
    }
    let points = sweep.expansion.points(sweep.axes)
    let short = SweepNames.short(sweep.axes.map(\.key))
    let names = SweepNames.folders(short, points)
    trials = try zip(names, points).map { name, point in
      let resolved = try resolver.run(point)
      let seeds = sweep.seeds ?? [resolved.configuration.seed]
      return Trial(
        name: name, values: point,
        runs: seeds.map { seed in
          var run = resolved
          run.configuration.seed = seed
          return Run(name: "\(name)/seed-\(seed)", resolved: run)
        })
    }
    self.sweep = sweep
    axisNames = short
    let hasLaw = trials.allSatisfy { $0.runs[0].resolved.source.law != nil }
    let metric =
      sweep.metric
      ?? (hasLaw ? Metric.flowMapError : .slicedWasserstein).rawValue
    ranking = SweepRanking(metric, better: sweep.better)
    let shown = sweep.metrics ?? RunSummary.keyNumbers
    metrics = [metric] + shown.filter { $0 != metric }
    try checkMetrics()
    try checkRungs()
  }

  // MARK: Stages

  /// The steps to which a trial is trained, one after the other as far as it is kept.
  public func stages(of trial: Trial) -> [Int] { (sweep.halving?.rungs ?? []) + [trial.steps] }

  /// How many stages there are.
  public var stageCount: Int { (sweep.halving?.rungs.count ?? 0) + 1 }

  /// How many trials there are at each stage, as far as none are lost to divergence.
  public var trialCounts: [Int] {
    (1..<stageCount).reduce(into: [trials.count]) { counts, stage in
      counts.append(sweep.halving?.kept(of: counts[stage - 1]) ?? 0)
    }
  }

  /// The steps of all runs together, as far as none diverge.
  public var totalSteps: Int {
    guard sweep.halving != nil, let trial = trials.first else {
      return runs.reduce(0) { $0 + $1.resolved.configuration.steps }
    }
    let stages = stages(of: trial)
    let lengths = zip(stages, [0] + stages).map { $0 - $1 }
    return zip(trialCounts, lengths).reduce(0) { $0 + $1.0 * $1.1 } * trial.runs.count
  }

  // MARK: Checks

  private func checkRungs() throws {
    guard let halving = sweep.halving else { return }
    if let axis = sweep.axes.first(where: { $0.key == "configuration.steps" }) {
      throw SweepValueError(
        file: sweep.path, position: axis.position, key: "axes", value: axis.key,
        accepted: "no axis for it with halving, which compares settings at equal steps")
    }
    for trial in trials {
      let configuration = trial.runs[0].resolved.configuration
      for rung in halving.rungs
      where rung >= configuration.steps || rung % configuration.metricsInterval != 0 {
        throw SweepPointError(
          file: sweep.path, settings: ["halving.rungs \(rung)"],
          detail:
            "accepted are multiples of metricsInterval, \(configuration.metricsInterval), below the "
            + "\(configuration.steps) steps of \(trial.name)")
      }
    }
  }

  private func checkMetrics() throws {
    let asked = [sweep.metric].compactMap { $0 } + (sweep.metrics ?? [])
    for trial in trials {
      let names = trial.runs[0].resolved.measuredNames
      for metric in asked where !names.contains(where: { metric == $0 || isReading(metric, $0) }) {
        let nearest = nearestName(to: metric, among: names).map { " Did you mean \($0)?" } ?? ""
        throw SweepPointError(
          file: sweep.path, settings: ["metric \(metric)"],
          detail: "the runs of \(trial.name) do not measure it.\(nearest) They measure "
            + names.joined(separator: ", "))
      }
    }
  }

  /// Whether a name is of a reading of samples in features, of which there are many.
  private func isReading(_ metric: String, _ prefix: String) -> Bool {
    prefix.hasSuffix("/…") && metric.hasPrefix(prefix.dropLast())
  }
}

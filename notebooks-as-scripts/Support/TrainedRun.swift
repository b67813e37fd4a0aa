// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import Files
import FlowMaps
import Interpolants
import Measures
import Networks
import Plotting
import Probing
import Runs
import Training

/// A training run by the name under which a figure shows it.
struct NamedRun: Sendable {
  let name: String
  let configuration: TrainingConfiguration
  /// Whether the trained map's trajectories are kept.
  let keepsTrajectories: Bool

  init(_ name: String, _ configuration: TrainingConfiguration, keepsTrajectories: Bool = false) {
    self.name = name
    self.configuration = configuration
    self.keepsTrajectories = keepsTrajectories
  }
}

extension [NamedRun] {
  /// Every run with each of the seeds, for so many steps.
  func repeated(
    over seeds: [UInt64], steps: Int, keepingTrajectoriesOf kept: UInt64? = nil
  ) -> [NamedRun] {
    seeds.flatMap { seed in
      map { run in
        var configuration = run.configuration
        configuration.seed = seed
        configuration.steps = steps
        configuration.metricsInterval = steps
        return NamedRun(run.name, configuration, keepsTrajectories: seed == kept)
      }
    }
  }
}

/// What a training run leaves for a picture.
struct TrainedRun: Codable, Sendable {
  let name: String
  let interpolant: InterpolantKind
  let seed: UInt64
  /// The last row of metrics.
  let metrics: [String: Double]
  /// The largest norm of a gradient in training.
  let largestGradientNorm: Double
  /// Why the run stopped before its last step, if it did.
  let failure: String?
  let trajectories: [[PlotPoint]]

  /// The metric, or NaN if the run stopped.
  func value(_ metric: Metric) -> Double {
    failure == nil ? metrics[metric.rawValue] ?? .nan : .nan
  }
}

extension [TrainedRun] {
  /// The mean over the runs of a name that ended, with its standard error.
  func estimate(_ name: String, _ interpolant: InterpolantKind, _ metric: Metric) -> Estimate {
    acrossSeeds(
      filter { $0.name == name && $0.interpolant == interpolant && $0.failure == nil }
        .map { $0.value(metric) })
  }
}

extension WalkthroughSession {
  /// Trains runs side by side, one a thread, each held against the points of its interpolant. A run that
  /// diverges is a finding, kept with its reason.
  func train(
    _ runs: [NamedRun], against sets: [InterpolantKind: EvaluationSet], label: String
  ) throws -> [TrainedRun] {
    let total = runs.reduce(0) { $0 + $1.configuration.steps }
    let progress = ProgressLine(label: label, total: total)
    defer { progress.finish() }
    let done = StepCounter()
    return try parallelMap(runs, threads: threads) { run in
      guard let set = sets[run.configuration.interpolant] else {
        throw ConfigurationError(
          setting: "interpolant", value: run.configuration.interpolant.rawValue,
          accepted: "one with evaluation points")
      }
      return try trained(run, against: set) {
        progress.update(step: done.increment(), metric: plain(run.name))
      }
    }
  }
}

private func trained(
  _ run: NamedRun, against set: EvaluationSet, onStep: () -> Void
) throws -> TrainedRun {
  let pool = WorkerPool(threads: 1)
  let training = TrainingRun<Float>(run.configuration, evaluation: set, pool: pool)
  var metrics: [String: Double] = [:]
  var largest = 0.0
  var failure: String?
  do {
    try training.run(onStep: {
      largest = max(largest, $0.gradientNorm)
      onStep()
    }) { row in
      metrics = row.byName
    }
  } catch let error as NonFiniteError {
    failure = error.description
  }
  var trajectories: [[PlotPoint]] = []
  if run.keepsTrajectories {
    let kind = run.configuration.interpolant
    let sampler = FlowMapSampler<Float>(
      network: run.configuration.network, interpolant: kind.interpolant,
      parameters: training.trainer.parameters, rows: trajectoryStarts.count / 2, pool: pool)
    trajectories = planePaths(
      try trajectoryTimes.map {
        try sampler.map(trajectoryStarts, from: kind.endTime, to: kind.endTime * (1 - $0))
      })
  }
  return TrainedRun(
    name: run.name, interpolant: run.configuration.interpolant, seed: run.configuration.seed,
    metrics: metrics, largestGradientNorm: largest, failure: failure, trajectories: trajectories)
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Measures
import Networks
import Training

/// The optimiser, its learning rate and what is done to gradients and parameters beside it.
struct OptimizerOptions: ParsableArguments {
  private static let defaults = TrainingConfiguration()

  @Option(help: "Optimiser (default: \(OptimizerName(defaults.optimizer).rawValue)).")
  var optimizer: OptimizerName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Weight decay of adamw, muon or normuon, finite and at least 0 (default: the optimiser's own, 0.01).",
      valueName: "decay"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "Parameters that the weight decay of adamw, muon or normuon shrinks "
        + "(default: \(defaults.decays.rawValue)).", valueName: "parameters"))
  var decays: DecayedParameters?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Peak learning rate, finite and at least 0 (default: \(defaults.schedule.peak)).",
      valueName: "rate"))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      "Decay of the learning rate (default: \(ScheduleName(defaults.schedule.decay).rawValue)).",
      valueName: "decay"))
  var schedule: ScheduleName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Step at which the square-root decay starts, at least 1 and not within the warm-up.",
      valueName: "step"))
  var decayStart: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps over which the learning rate rises to its peak, at least 0 "
        + "(default: \(defaults.schedule.warmUpSteps)).", valueName: "steps"))
  var warmUp: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Largest norm of a gradient, above 0 (default: no limit).", valueName: "norm"))
  var clip: Double?

  @Option(
    name: .customLong("average"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Keep an exponential average of the parameters with this decay, 0 to below 1; may be repeated "
        + "(default: none).", valueName: "decay"))
  var averages: [Double] = []

  var settings: [Setting] {
    [
      Setting(
        "--optimizer", optimizer?.rawValue, current: { $0.optimizer.name },
        apply: { configuration, _ in
          guard let optimizer, OptimizerName(configuration.optimizer) != optimizer else { return }
          configuration.optimizer = optimizer.optimizer
        }),
      Setting(
        "--weight-decay", weightDecay, current: { "\($0.optimizer.weightDecay ?? 0)" },
        apply: { configuration, decay in
          guard let optimizer = configuration.optimizer.with(weightDecay: decay) else {
            throw Setting.error(
              "--weight-decay", decay,
              accepted: "a weight decay with the optimiser adamw, muon or normuon, not "
                + configuration.optimizer.name)
          }
          configuration.optimizer = optimizer
        }),
      Setting(
        "--decays", decays?.rawValue, current: { $0.decays.rawValue },
        apply: { configuration, value in
          let optimizer = configuration.optimizer
          guard let decays, decays == .all || optimizer.weightDecay != nil else {
            throw Setting.error(
              "--decays", value,
              accepted: "all with the optimiser \(optimizer.name), which has no weight decay")
          }
          configuration.decays = decays
        }),
      Setting(
        "--learning-rate", learningRate, current: { "\($0.schedule.peak)" },
        apply: { $0.schedule.peak = $1 }),
      Setting(
        "--schedule", schedule?.rawValue, current: { ScheduleName($0.schedule.decay).rawValue },
        apply: { configuration, _ in
          guard let schedule, ScheduleName(configuration.schedule.decay) != schedule else { return }
          configuration.schedule.decay = try decay(schedule)
        }),
      Setting(
        "--decay-start", decayStart, current: { "\($0.schedule.decay)" },
        apply: { configuration, start in
          guard case .squareRoot = configuration.schedule.decay else {
            throw Setting.error(
              "--decay-start", start, accepted: "a step with --schedule square-root")
          }
          configuration.schedule.decay = .squareRoot(start: start)
        }),
      Setting(
        "--warm-up", warmUp, current: { "\($0.schedule.warmUpSteps)" },
        apply: { $0.schedule.warmUpSteps = $1 }),
      Setting(
        "--clip", clip, current: { $0.clipping.maximumNorm.map { "\($0)" } ?? "no limit" },
        apply: { configuration, norm in
          guard norm > 0, norm.isFinite else {
            throw Setting.error("--clip", norm, accepted: "a finite norm above 0")
          }
          configuration.clipping = GradientClipping(maximumNorm: norm)
        }),
      Setting(
        "--average", averages.isEmpty ? nil : averages, current: { "\($0.averageDecays)" },
        apply: { $0.averageDecays = $1 }),
    ].compactMap { $0 }
  }

  private func decay(_ schedule: ScheduleName) throws -> LearningRateSchedule.Decay {
    switch schedule {
    case .constant: return .constant
    case .linear: return .linear
    case .cosine: return .cosine
    case .squareRoot:
      guard let decayStart else {
        throw Setting.error(
          "--schedule", schedule.rawValue, accepted: "square-root with --decay-start STEP")
      }
      return .squareRoot(start: decayStart)
    }
  }
}

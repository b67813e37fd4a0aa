// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import FlowMaps
import Training

/// The objective, its times, its weighting and its tangent.
struct ObjectiveOptions: ParsableArguments {
  private static let defaults = TrainingConfiguration()

  @Option(
    help: ArgumentHelp(
      "Objective by its short or full name, listed above "
        + "(default: \(defaults.loss.objective.shortName)).", valueName: "name"))
  var objective: String?

  @Option(
    help: ArgumentHelp(
      "Training times: s = 0; relaxed, two draws of a beta distribution; uniform on s <= t; fixed, one s for "
        + "all and t uniform above it; s = 0 and log-normal noise levels; or logit-normal, two draws, s = t in three "
        + "rows of four "
        + "(default: \(TimesName(defaults.times).rawValue)).", valueName: "times"))
  var times: TimesName?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The two parameters of relaxed times, each above 0 and at most 20 (default: 0.8 1).",
      valueName: "a b"))
  var beta: [Double] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The s of fixed times as a fraction of T, from 0 to below 1 (default: 0.3).",
      valueName: "fraction"))
  var endFraction: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of the batch, between 0 and 1, given to flow matching instead of training both on every "
        + "sample (default: both on every sample).", valueName: "share"))
  var diagonalFraction: Double?

  @Option(
    help: "Weighting of the samples (default: \(WeightingName(defaults.loss.weighting).rawValue)).")
  var weighting: WeightingName?

  @Option(
    help: ArgumentHelp(
      "Derivatives along a direction: exact; by a central difference; or as in published code for the "
        + "trigonometric interpolant, with time in another unit than space "
        + "(default: \(TangentName(defaults.loss.tangent).rawValue)).", valueName: "method"))
  var tangent: TangentName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Step of the central difference, above 0 and at most 0.1 "
        + "(default: \(TangentName.defaultStep)).", valueName: "step"))
  var tangentStep: Double?

  func validate() throws {
    guard beta.isEmpty || beta.count == 2 else {
      throw ValidationError("--beta takes two numbers, not \(beta.count).")
    }
  }

  func settings() throws -> [Setting] {
    let objective = try self.objective.map(Objective.named)
    let beta = self.beta.count == 2 ? (a: self.beta[0], b: self.beta[1]) : nil
    return [
      Setting(
        "--objective", objective?.shortName, current: { $0.loss.objective.shortName },
        apply: { configuration, _ in
          configuration.loss = configuration.loss.changing(objective: objective)
        }),
      Setting(
        "--times", times?.rawValue, current: { TimesName($0.times).rawValue },
        apply: { configuration, _ in
          // Relaxed times keep the parameters they have.
          guard let times, TimesName(configuration.times) != times else { return }
          configuration.times = times.times
        }),
      Setting(
        "--beta", beta.map { "\($0.a) \($0.b)" }, current: { "\($0.times)" },
        apply: { configuration, text in
          guard let beta, case .relaxed = configuration.times else {
            throw Setting.error("--beta", text, accepted: "two numbers with relaxed times only")
          }
          configuration.times = .relaxed(a: beta.a, b: beta.b)
        }),
      Setting(
        "--end-fraction", endFraction, current: { "\($0.times)" },
        apply: { configuration, fraction in
          guard case .fixedEnd = configuration.times, fraction >= 0 && fraction < 1 else {
            throw Setting.error(
              "--end-fraction", fraction, accepted: "a number from 0 to below 1 with --times fixed")
          }
          configuration.times = .fixedEnd(fraction: fraction)
        }),
      Setting(
        "--diagonal-fraction", diagonalFraction, current: { "\($0.loss.sharing)" },
        apply: { configuration, fraction in
          guard configuration.loss.objective.isSelfDistillation else {
            throw Setting.error(
              "--diagonal-fraction", fraction,
              accepted: "a share with self-distillation objectives only")
          }
          configuration.loss = configuration.loss.changing(sharing: .diagonalFraction(fraction))
        }),
      Setting(
        "--weighting", weighting?.rawValue, current: { WeightingName($0.loss.weighting).rawValue },
        apply: { configuration, _ in
          guard let weighting, WeightingName(configuration.loss.weighting) != weighting else {
            return
          }
          configuration.loss = configuration.loss.changing(weighting: weighting.weighting)
        }),
      Setting(
        "--tangent", tangent?.rawValue, current: { TangentName($0.loss.tangent).rawValue },
        apply: { configuration, name in
          guard let tangent, TangentName(configuration.loss.tangent) != tangent else { return }
          guard configuration.loss.objective.hasTangent else {
            throw Setting.error(
              "--tangent", name,
              accepted:
                "exact for \(configuration.loss.objective.shortName), which has no derivative "
                + "along a direction")
          }
          configuration.loss = configuration.loss.changing(tangent: tangent.method)
        }),
      Setting(
        "--tangent-step", tangentStep, current: { "\($0.loss.tangent)" },
        apply: { configuration, step in
          guard case .centralDifference = configuration.loss.tangent else {
            throw Setting.error(
              "--tangent-step", step, accepted: "a step with --tangent difference")
          }
          configuration.loss = configuration.loss.changing(tangent: .centralDifference(step: step))
        }),
    ].compactMap { $0 }
  }
}

extension TrainingLoss {
  /// The loss with some of its parts replaced.
  func changing(
    objective: Objective? = nil, sharing: Sharing? = nil, weighting: Weighting? = nil,
    tangent: TangentMethod? = nil, discretization: Discretization? = nil,
    teacher: Teacher? = nil, stabilizers: Stabilizers? = nil
  ) -> TrainingLoss {
    TrainingLoss(
      objective: objective ?? self.objective, sharing: sharing ?? self.sharing,
      weighting: weighting ?? self.weighting, tangent: tangent ?? self.tangent,
      discretization: discretization ?? self.discretization, teacher: teacher ?? self.teacher,
      stabilizers: stabilizers ?? self.stabilizers, guidance: guidance)
  }
}

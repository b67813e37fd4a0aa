// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import FlowMaps
import Networks
import Training

/// Discrete consistency (cd, cd-heun, ct) and the stabilisers of the continuous one (scm).
struct ConsistencyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Distance of the two times of cd, cd-heun and ct: constant; doubling numbers of intervals (iCT); "
        + "or a shrinking share of t (ECT) (default: constant).", valueName: "schedule"))
  var discretization: DiscretizationName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The constant distance, in the interpolant's unit of time, from 0.0001 to its duration "
        + "(default: \(DiscretizationName.defaultStep)).", valueName: "step"))
  var discretizationStep: Double?

  @Option(
    name: [.long, .customLong("target-decay")],
    parsing: .unconditional,
    help: ArgumentHelp(
      "Take the targets of cd, cd-heun and ct from a teacher, the averaged parameters with this decay, from "
        + "0 to below 1 (default: the parameters themselves).", valueName: "decay"))
  var teacherDecay: Double?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Stabilisers of scm to switch off (default: all are on). See also --weighting learned and "
        + "--time-features positional.", valueName: "stabiliser"))
  var without: [StabilizerName] = []

  var settings: [Setting] {
    let removed = without.isEmpty ? nil : without.map(\.rawValue).joined(separator: " ")
    return [
      Setting(
        "--discretization", discretization?.rawValue,
        current: { DiscretizationName($0.loss.discretization).rawValue },
        apply: { configuration, name in
          try requireDiscrete("--discretization", name, configuration)
          guard let discretization,
            DiscretizationName(configuration.loss.discretization) != discretization
          else { return }
          configuration.loss = configuration.loss.changing(
            discretization: discretization.discretization)
        }),
      Setting(
        "--discretization-step", discretizationStep, current: { "\($0.loss.discretization)" },
        apply: { configuration, step in
          try requireDiscrete("--discretization-step", step, configuration)
          guard case .constant = configuration.loss.discretization else {
            throw Setting.error(
              "--discretization-step", step, accepted: "a step with --discretization constant")
          }
          configuration.loss = configuration.loss.changing(discretization: .constant(step: step))
        }),
      Setting(
        "--teacher-decay", teacherDecay, current: { "\($0.loss.teacher)" },
        apply: { configuration, decay in
          try requireDiscrete("--teacher-decay", decay, configuration)
          configuration.loss = configuration.loss.changing(teacher: .average(decay: decay))
        }),
      Setting(
        "--without", removed, current: { "\($0.loss.stabilizers)" },
        apply: { configuration, names in
          guard configuration.loss.objective.usesStabilizers else {
            throw Setting.error("--without", names, accepted: "stabilisers with --objective scm")
          }
          var stabilizers = configuration.loss.stabilizers
          for name in without { name.remove(from: &stabilizers) }
          configuration.loss = configuration.loss.changing(stabilizers: stabilizers)
        }),
    ].compactMap { $0 }
  }
}

private func requireDiscrete(
  _ option: String, _ value: some Any, _ configuration: TrainingConfiguration
) throws(ConfigurationError) {
  guard configuration.loss.objective.isDiscreteConsistency else {
    throw Setting.error(
      option, value, accepted: "it with the objectives cd, cd-heun and ct only")
  }
}

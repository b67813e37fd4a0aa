// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import FlowMaps
internal import Interpolants
internal import Networks

extension TrainingConfiguration {
  /// The decays of all averages a run keeps: those asked for, and that of the teacher.
  var trackedDecays: [Double] {
    guard let decay = loss.teacherDecay, !averageDecays.contains(decay) else {
      return averageDecays
    }
    return averageDecays + [decay]
  }

  /// Checks the settings of discrete and continuous consistency.
  func validateConsistency() throws(ConfigurationError) {
    try loss.discretization.validate(for: interpolant.interpolant)
    if case .average(let decay) = loss.teacher {
      guard loss.objective.isDiscreteConsistency else {
        throw ConfigurationError(
          setting: "teacher", value: "an average",
          accepted: "the online network for \(loss.objective.shortName); "
            + "averages serve discrete consistency")
      }
      if !(decay >= 0 && decay < 1) {
        throw ConfigurationError(
          setting: "teacher decay", value: "\(decay)", accepted: "a number from 0 to below 1")
      }
    }
    if loss.weighting == .inverseStep && !loss.objective.isDiscreteConsistency {
      throw ConfigurationError(
        setting: "weighting", value: "inverse-step",
        accepted: "another weighting for \(loss.objective.shortName), which has no step")
    }
  }
}

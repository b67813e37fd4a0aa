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
    try validateDiscretization()
    let stabilizers = loss.stabilizers
    if let share = stabilizers.tangentWarmUp, !(share > 0 && share <= 1) {
      throw ConfigurationError(
        setting: "tangent warm-up", value: "\(share)",
        accepted: "a share of the steps above 0 and at most 1")
    }
    if let constant = stabilizers.tangentNormalization, !(constant > 0 && constant.isFinite) {
      throw ConfigurationError(
        setting: "tangent normalisation", value: "\(constant)",
        accepted: "a finite number above 0")
    }
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
    if case .learned(let terms) = loss.weighting, !(1...1024).contains(terms) {
      throw ConfigurationError(
        setting: "learned weighting", value: "\(terms) terms",
        accepted: "a whole number from 1 to 1024")
    }
    if case .learnedOverTimes(let terms) = loss.weighting, !(1...32).contains(terms) {
      throw ConfigurationError(
        setting: "learned weighting", value: "\(terms) terms for each of two times",
        accepted: "a whole number from 1 to 32")
    }
  }

  private func validateDiscretization() throws(ConfigurationError) {
    switch loss.discretization {
    case .constant(let step):
      if !(step >= 1e-4 && step <= interpolant.endTime) {
        throw ConfigurationError(
          setting: "discretisation step", value: "\(step)",
          accepted: "a number from 0.0001 to the duration \(interpolant.endTime)")
      }
    case .doubling(let first, let last):
      if !(first >= 2 && first <= last && last <= 1_000_000) {
        throw ConfigurationError(
          setting: "doubling discretisation", value: "\(first) to \(last) intervals",
          accepted: "whole numbers from 2 to 1000000, the first not above the last")
      }
    case .shrinking(let ratio, let stages):
      if !(ratio > 1 && ratio <= 100 && (1...64).contains(stages)) {
        throw ConfigurationError(
          setting: "shrinking discretisation", value: "ratio \(ratio), \(stages) stages",
          accepted: "a ratio above 1 and at most 100, 1 to 64 stages")
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import FlowMaps
public import GroundTruth
internal import Interpolants
public import Networks

/// A training run of a class-conditional network with guidance: the settings of any run, its network being
/// the trunk to which the classes are added, and the guidance.
public struct GuidedTrainingConfiguration: Codable, Sendable, Equatable {
  public var training: TrainingConfiguration
  public var guidance: Guidance

  public init(training: TrainingConfiguration, guidance: Guidance) {
    self.training = training
    self.guidance = guidance
  }

  /// The network for a target's classes, numbered in the order of its labels.
  public func network(for target: GaussianMixture) -> ConditionalPerceptron {
    ConditionalPerceptron(training.network, classCount: target.labels.count)
  }

  /// Checks what comes from outside.
  ///
  /// - Throws: ``ConfigurationError`` naming the setting, its value and what would be accepted,
  ///   `GuidanceError`, or `OptimizerError`.
  public func validate() throws {
    try training.validate()
    try guidance.validate()
    if training.loss.objective.needsExactVelocity {
      throw ConfigurationError(
        setting: "objective", value: training.loss.objective.rawValue,
        accepted: "one without the exact velocity, which guidance in training replaces")
    }
    if training.loss.objective.isDiscreteConsistency {
      throw ConfigurationError(
        setting: "objective", value: training.loss.objective.rawValue,
        accepted: "one that compares no two times, with guidance")
    }
    if training.loss.weightLayout.count > 0 {
      throw ConfigurationError(
        setting: "weighting", value: "\(training.loss.weighting)",
        accepted: "one that is not learnt, with guidance")
    }
    if training.loss.dependsOnProgress {
      throw ConfigurationError(
        setting: "stabilizers", value: "a warm-up of the tangent",
        accepted: "a tangent without warm-up, with guidance")
    }
    if training.loss.sharing != .everySample {
      throw ConfigurationError(
        setting: "sharing", value: "\(training.loss.sharing)",
        accepted: "every sample, with guidance")
    }
  }
}

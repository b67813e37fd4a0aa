// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// One training objective: the residual whose squared norm it assigns to each sample, and what the rest of
/// the laboratory has to know of it.
protocol ObjectiveTerm {
  /// The residual of each sample, `[rows, d]`; the objective is its squared norm.
  func residual(_ context: ObjectiveContext) -> Tensor

  /// ``Objective/shortName``
  var name: String { get }
  var summary: String { get }
  var teacher: TeacherKind { get }
  var hasTangent: Bool { get }
  var isDiscreteConsistency: Bool { get }
  var needsLinearInterpolant: Bool { get }
  var usesStabilizers: Bool { get }
}

extension ObjectiveTerm {
  var teacher: TeacherKind { .none }
  var hasTangent: Bool { false }
  var isDiscreteConsistency: Bool { false }
  var needsLinearInterpolant: Bool { false }
  var usesStabilizers: Bool { false }
}

/// Where an objective's targets come from.
public enum TeacherKind: Sendable, Hashable {
  /// The sample alone: data, noise and the velocity between them.
  case none
  /// The network being trained, stopped: its diagonal learns by flow matching beside the objective.
  case own
  /// The exact velocity or that of a trained network, ``ObjectiveContext/exactVelocity``.
  case exactVelocity
  /// A copy of the network that follows it, ``ObjectiveContext/teacherMap``.
  case averaged
}

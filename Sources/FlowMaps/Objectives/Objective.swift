// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// The training objectives (theory: objectives). A new one is a file beside this one, a case and its line in
/// `term`.
public enum Objective: String, CaseIterable, Sendable, Codable {
  case flowMatching
  case directFull
  case directSemi
  case eulerianFull
  case eulerianSemi
  case lagrangianFull
  case eulerianSelfDistillation
  case eulerianSelfDistillationUnstopped
  case lagrangianSelfDistillation
  case progressiveSelfDistillationMidpoint
  case progressiveSelfDistillationUniform
  case preconditionedProgressiveSelfDistillationMidpoint
  case preconditionedProgressiveSelfDistillationUniform
  case improvedSelfDistillation
  case consistencyDistillation
  case consistencyDistillationHeun
  case consistencyTraining
  case stabilizedConsistency

  private var term: any ObjectiveTerm {
    switch self {
    case .flowMatching: return FlowMatching()
    case .directFull: return DirectFull()
    case .directSemi: return DirectSemi()
    case .eulerianFull: return EulerianFull()
    case .eulerianSemi: return EulerianSemi()
    case .lagrangianFull: return LagrangianFull()
    case .eulerianSelfDistillation: return EulerianSelfDistillation()
    case .eulerianSelfDistillationUnstopped: return EulerianSelfDistillationUnstopped()
    case .lagrangianSelfDistillation: return LagrangianSelfDistillation()
    case .progressiveSelfDistillationMidpoint:
      return ProgressiveSelfDistillation(intermediate: .midpoint)
    case .progressiveSelfDistillationUniform:
      return ProgressiveSelfDistillation(intermediate: .uniform)
    case .preconditionedProgressiveSelfDistillationMidpoint:
      return PreconditionedProgressiveSelfDistillation(intermediate: .midpoint)
    case .preconditionedProgressiveSelfDistillationUniform:
      return PreconditionedProgressiveSelfDistillation(intermediate: .uniform)
    case .improvedSelfDistillation: return ImprovedSelfDistillation()
    case .consistencyDistillation: return ConsistencyDistillation(solver: .euler)
    case .consistencyDistillationHeun: return ConsistencyDistillation(solver: .heun)
    case .consistencyTraining: return ConsistencyTraining()
    case .stabilizedConsistency: return StabilizedConsistency()
    }
  }

  /// The residual of each sample, `[rows, d]`, in the units of a velocity or, for objectives that compare
  /// values of the map, of a point.
  ///
  /// - Precondition: the context has an exact velocity if ``needsExactVelocity``.
  public func residual(_ context: ObjectiveContext) -> Tensor { term.residual(context) }

  /// The objective on each sample, the squared norm of its ``residual(_:)``: `[rows]`.
  ///
  /// - Precondition: the context has an exact velocity if ``needsExactVelocity``.
  public func perSample(_ context: ObjectiveContext) -> Tensor { squaredNorm(residual(context)) }

  /// The name used on command lines.
  public var shortName: String { term.name }

  /// One line for help texts.
  public var summary: String { term.summary }

  /// Where the targets come from.
  public var teacher: TeacherKind { term.teacher }

  /// Whether the teacher is the exact velocity, for which a pretrained network's may stand.
  public var needsExactVelocity: Bool { teacher == .exactVelocity }

  /// Whether a velocity learnt by flow matching teaches the map, so that both are trained together.
  public var isSelfDistillation: Bool { teacher == .own }

  /// Whether the loss compares the map at two times a ``Discretization`` apart.
  public var isDiscreteConsistency: Bool { term.isDiscreteConsistency }

  /// Whether the objective differentiates the network along a direction.
  public var hasTangent: Bool { term.hasTangent }

  /// Whether the formula holds for the linear interpolant only.
  public var needsLinearInterpolant: Bool { term.needsLinearInterpolant }

  /// Whether ``Stabilizers`` change the objective.
  public var usesStabilizers: Bool { term.usesStabilizers }

  /// The objective of a full or a short name.
  public init?(named name: String) {
    guard
      let found = Objective.allCases.first(where: { $0.rawValue == name || $0.shortName == name })
    else { return nil }
    self = found
  }
}

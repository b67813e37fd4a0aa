// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Networks
public import Tensors

/// What an objective is computed from.
public struct ObjectiveContext: Sendable {
  /// `v*` at points `[rows, d]` and times `[rows, 1]`.
  public typealias ExactVelocity =
    @Sendable (_ x: Tensor, _ t: Tensor, _ conditions: Conditions) -> Tensor

  public let flowMap: FlowMap
  public let sample: TrainingSample
  /// The exact velocity `v*(x, t)` given the conditions of the rows, for the objectives with an exact teacher.
  public let exactVelocity: ExactVelocity?
  public let tangent: TangentMethod
  /// The map whose values are the targets of discrete consistency, `f⁻`, of the teacher.
  public let teacherMap: FlowMap
  /// The share of training that is done, `[1, 1]`, for what changes in training.
  public let progress: Tensor?
  public let stabilizers: Stabilizers
  /// The parameters of the weighting, in its layout.
  public let weightParameters: ParameterTensors?

  /// The maps are given the conditions of the sample.
  ///
  /// - Parameter teacherMap: `flowMap` itself if nil.
  public init(
    flowMap: FlowMap, sample: TrainingSample,
    exactVelocity: ExactVelocity? = nil,
    tangent: TangentMethod = .exact, teacherMap: FlowMap? = nil, progress: Tensor? = nil,
    stabilizers: Stabilizers = .none, weightParameters: ParameterTensors? = nil
  ) {
    self.flowMap = flowMap.given(sample.conditions)
    self.sample = sample
    self.exactVelocity = exactVelocity
    self.tangent = tangent
    self.teacherMap = (teacherMap ?? flowMap).given(sample.conditions)
    self.progress = progress
    self.stabilizers = stabilizers
    self.weightParameters = weightParameters
  }

  /// `v̂ = sg F(x_t; t, t)`, the network's own velocity as a teacher.
  var ownVelocity: Tensor { stopGradient(flowMap.velocity(sample.noisy, at: sample.time)) }

  /// `v*(x_t, t)`
  var oracleVelocity: Tensor { oracleVelocity(sample.noisy, sample.time) }

  /// `v*(x, t)`
  func oracleVelocity(_ x: Tensor, _ t: Tensor) -> Tensor {
    guard let exactVelocity else {
      fatalError("this objective needs the exact velocity, and the context has none")
    }
    return exactVelocity(x, t, sample.conditions)
  }

  /// `F(x_t; t, s)`
  var field: Tensor { flowMap.field(sample.noisy, from: sample.time, to: sample.endTime) }

  /// `D_w f` at the sample.
  func totalDerivative(along w: Tensor) -> Tensor {
    flowMap.totalDerivative(
      sample.noisy, from: sample.time, to: sample.endTime, along: w, method: tangent)
  }

  /// `‖F − sg(F + D_w f)‖²`: the value of `‖D_w f‖²` with a gradient through the first `F` alone.
  func semiGradientResidual(along w: Tensor) -> Tensor {
    squaredNorm(field - stopGradient(field + totalDerivative(along: w)))
  }
}

/// One training objective: the squared norm it assigns to each sample.
protocol ObjectiveTerm {
  /// - Returns: `[rows]`, summed over the coordinates.
  func perSample(_ context: ObjectiveContext) -> Tensor
}

/// The training objectives (theory: objectives). A new one is a file beside this one and a case here.
public enum Objective: String, CaseIterable, Sendable, Codable {
  case flowMatching
  case directFull
  case directSemi
  case eulerianFull
  case eulerianSemi
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

  /// The objective on each sample, a squared norm summed over the coordinates: `[rows]`.
  ///
  /// - Precondition: the context has an exact velocity if ``needsExactVelocity``.
  public func perSample(_ context: ObjectiveContext) -> Tensor { term.perSample(context) }

  /// The name used on command lines.
  public var shortName: String {
    switch self {
    case .flowMatching: return "fm"
    case .directFull: return "direct"
    case .directSemi: return "direct-semi"
    case .eulerianFull: return "eulerian"
    case .eulerianSemi: return "eulerian-semi"
    case .eulerianSelfDistillation: return "esd"
    case .eulerianSelfDistillationUnstopped: return "esd-full"
    case .lagrangianSelfDistillation: return "lsd"
    case .progressiveSelfDistillationMidpoint: return "psd-m"
    case .progressiveSelfDistillationUniform: return "psd-u"
    case .preconditionedProgressiveSelfDistillationMidpoint: return "psd-m-preconditioned"
    case .preconditionedProgressiveSelfDistillationUniform: return "psd-u-preconditioned"
    case .improvedSelfDistillation: return "isd"
    case .consistencyDistillation: return "cd"
    case .consistencyDistillationHeun: return "cd-heun"
    case .consistencyTraining: return "ct"
    case .stabilizedConsistency: return "scm"
    }
  }

  /// One line for help texts.
  public var summary: String {
    switch self {
    case .flowMatching: return "flow matching, ‖F(x_t;t,t) − v_c‖²"
    case .directFull: return "direct training, ‖D_v_c f‖² with the full gradient"
    case .directSemi: return "direct training with a stopped target (MeanFlow, sCT)"
    case .eulerianFull: return "‖D_v* f‖² with the exact velocity and the full gradient"
    case .eulerianSemi: return "the same with a stopped target"
    case .eulerianSelfDistillation: return "Eulerian self-distillation (ESD)"
    case .eulerianSelfDistillationUnstopped:
      return "ESD without the stop on the spatial derivative"
    case .lagrangianSelfDistillation: return "Lagrangian self-distillation (LSD)"
    case .progressiveSelfDistillationMidpoint:
      return "progressive self-distillation through the midpoint (PSD-M)"
    case .progressiveSelfDistillationUniform:
      return "progressive self-distillation through a uniform time (PSD-U)"
    case .preconditionedProgressiveSelfDistillationMidpoint:
      return "PSD-M as a residual of F (linear interpolant)"
    case .preconditionedProgressiveSelfDistillationUniform:
      return "PSD-U as a residual of F (linear interpolant)"
    case .improvedSelfDistillation: return "improved self-distillation (iSD)"
    case .consistencyDistillation:
      return "discrete consistency, Euler steps along the exact velocity (CD)"
    case .consistencyDistillationHeun: return "the same with Heun steps"
    case .consistencyTraining: return "discrete consistency without a teacher (CT, iCT, ECT)"
    case .stabilizedConsistency: return "continuous consistency with its stabilisers (sCM)"
    }
  }

  /// Whether the teacher is the exact velocity.
  public var needsExactVelocity: Bool {
    switch self {
    case .eulerianFull, .eulerianSemi, .consistencyDistillation, .consistencyDistillationHeun:
      return true
    case .flowMatching, .directFull, .directSemi, .eulerianSelfDistillation,
      .eulerianSelfDistillationUnstopped, .lagrangianSelfDistillation,
      .progressiveSelfDistillationMidpoint,
      .progressiveSelfDistillationUniform, .preconditionedProgressiveSelfDistillationMidpoint,
      .preconditionedProgressiveSelfDistillationUniform, .improvedSelfDistillation,
      .consistencyTraining, .stabilizedConsistency:
      return false
    }
  }

  /// Whether the loss compares the map at two times a ``Discretization`` apart.
  public var isDiscreteConsistency: Bool {
    self == .consistencyDistillation || self == .consistencyDistillationHeun
      || self == .consistencyTraining
  }

  /// Whether a velocity learnt by flow matching teaches the map, so that both are trained together.
  public var isSelfDistillation: Bool {
    switch self {
    case .eulerianSelfDistillation, .eulerianSelfDistillationUnstopped,
      .lagrangianSelfDistillation, .progressiveSelfDistillationMidpoint,
      .progressiveSelfDistillationUniform,
      .preconditionedProgressiveSelfDistillationMidpoint,
      .preconditionedProgressiveSelfDistillationUniform, .improvedSelfDistillation:
      return true
    case .flowMatching, .directFull, .directSemi, .eulerianFull, .eulerianSemi,
      .consistencyDistillation, .consistencyDistillationHeun, .consistencyTraining,
      .stabilizedConsistency:
      return false
    }
  }

  /// Whether the objective differentiates the network along a direction.
  public var hasTangent: Bool {
    switch self {
    case .directFull, .directSemi, .eulerianFull, .eulerianSemi, .eulerianSelfDistillation,
      .eulerianSelfDistillationUnstopped, .lagrangianSelfDistillation, .improvedSelfDistillation,
      .stabilizedConsistency:
      return true
    case .flowMatching, .progressiveSelfDistillationMidpoint, .progressiveSelfDistillationUniform,
      .preconditionedProgressiveSelfDistillationMidpoint,
      .preconditionedProgressiveSelfDistillationUniform, .consistencyDistillation,
      .consistencyDistillationHeun, .consistencyTraining:
      return false
    }
  }

  /// Whether the formula holds for the linear interpolant only.
  public var needsLinearInterpolant: Bool {
    self == .preconditionedProgressiveSelfDistillationMidpoint
      || self == .preconditionedProgressiveSelfDistillationUniform
  }

  /// The objective of a full or a short name.
  public init?(named name: String) {
    guard
      let found = Objective.allCases.first(where: { $0.rawValue == name || $0.shortName == name })
    else { return nil }
    self = found
  }
}

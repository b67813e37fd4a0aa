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
  /// The velocity `v*(x, t)` given the conditions of the rows, exact or of a trained network, for the objectives
  /// that are taught by it.
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

  /// `F − sg(F + D_w f)`: the value of `−D_w f` with a gradient through the first `F` alone.
  func semiGradientResidual(along w: Tensor) -> Tensor {
    field - stopGradient(field + totalDerivative(along: w))
  }
}

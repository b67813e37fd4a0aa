// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Networks
public import Tensors

/// What an objective is computed from.
public struct ObjectiveContext: Sendable {
  public let flowMap: FlowMap
  public let sample: TrainingSample
  /// The exact marginal velocity `v*(x, t)`, for the objectives with an oracle teacher.
  public let exactVelocity: (@Sendable (_ x: Tensor, _ t: Tensor) -> Tensor)?
  public let tangent: TangentMethod
  /// The map whose values are the targets of discrete consistency, `f⁻`.
  public let targetMap: FlowMap
  /// The share of training that is done, `[1, 1]`, for what changes in training.
  public let progress: Tensor?
  public let stabilizers: Stabilizers
  /// The parameters of the weighting, in its layout.
  public let weightParameters: ParameterTensors?

  /// - Parameter targetMap: `flowMap` itself if nil.
  public init(
    flowMap: FlowMap, sample: TrainingSample,
    exactVelocity: (@Sendable (_ x: Tensor, _ t: Tensor) -> Tensor)? = nil,
    tangent: TangentMethod = .exact, targetMap: FlowMap? = nil, progress: Tensor? = nil,
    stabilizers: Stabilizers = .none, weightParameters: ParameterTensors? = nil
  ) {
    self.flowMap = flowMap
    self.sample = sample
    self.exactVelocity = exactVelocity
    self.tangent = tangent
    self.targetMap = targetMap ?? flowMap
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
    return exactVelocity(x, t)
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

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖∂_t f + sg(∇_x f · v̂)‖²` (ESD of arXiv 2505.18825): the spatial derivative alone is stopped.
struct EulerianSelfDistillation: ObjectiveTerm {
  var name: String { "esd" }
  var summary: String { "Eulerian self-distillation (ESD)" }
  var teacher: TeacherKind { .own }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    let change = context.flowMap.timeDerivative(
      sample.noisy, from: sample.time, to: sample.endTime, method: context.tangent)
    let transport = context.flowMap.spatialDerivative(
      sample.noisy, from: sample.time, to: sample.endTime, along: context.ownVelocity,
      method: context.tangent)
    return change + stopGradient(transport)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖∂_s f(x_t; t, s) − sg F(f(x_t; t, s); s, s)‖²` (LSD of arXiv 2505.18825): the map's end moves with the
/// velocity found there.
struct LagrangianSelfDistillation: ObjectiveTerm {
  var name: String { "lsd" }
  var summary: String { "Lagrangian self-distillation (LSD)" }
  var teacher: TeacherKind { .own }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    let flowMap = context.flowMap
    let motion = flowMap.endTimeDerivative(
      sample.noisy, from: sample.time, to: sample.endTime, method: context.tangent)
    let end = flowMap.map(sample.noisy, from: sample.time, to: sample.endTime)
    return motion - stopGradient(flowMap.velocity(end, at: sample.endTime))
  }
}

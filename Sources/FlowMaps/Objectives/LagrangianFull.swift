// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖∂_s f(x_t; t, s) − v*(f(x_t; t, s), s)‖²` with the full gradient (Lagrangian map distillation, LMD of
/// arXiv 2406.07507): the map's end moves with the velocity of the teacher there.
struct LagrangianFull: ObjectiveTerm {
  var name: String { "lagrangian" }
  var summary: String { "‖∂_s f − v*(f, s)‖² along the exact velocity, full gradient (LMD)" }
  var teacher: TeacherKind { .exactVelocity }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    let motion = context.flowMap.endTimeDerivative(
      sample.noisy, from: sample.time, to: sample.endTime, method: context.tangent)
    let end = context.flowMap.map(sample.noisy, from: sample.time, to: sample.endTime)
    return motion - context.oracleVelocity(end, sample.endTime)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖F − sg(F + D_{v̂} f)‖²` with the network's own velocity `v̂ = sg F(x_t; t, t)` (iSD of arXiv
/// 2601.22679).
struct ImprovedSelfDistillation: ObjectiveTerm {
  var name: String { "isd" }
  var summary: String { "improved self-distillation (iSD)" }
  var teacher: TeacherKind { .own }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    context.semiGradientResidual(along: context.ownVelocity)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖∂_t f + ∇_x f · v̂‖²`: ESD with the gradient through the spatial derivative as well. Only the teacher
/// `v̂ = sg F(x_t; t, t)` is stopped, so that the objective is a square whose second variation cannot be
/// negative.
struct EulerianSelfDistillationUnstopped: ObjectiveTerm {
  var name: String { "esd-full" }
  var summary: String { "ESD without the stop on the spatial derivative" }
  var teacher: TeacherKind { .own }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    context.totalDerivative(along: context.ownVelocity)
  }
}

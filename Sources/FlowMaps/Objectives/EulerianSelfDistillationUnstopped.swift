// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖∂_t f + ∇_x f · v̂‖²`: ESD with the gradient through the spatial derivative as well. Only the teacher
/// `v̂ = sg F(x_t; t, t)` is stopped, so that the objective is a square whose second variation cannot be
/// negative.
struct EulerianSelfDistillationUnstopped: ObjectiveTerm {
  func perSample(_ context: ObjectiveContext) -> Tensor {
    squaredNorm(context.totalDerivative(along: context.ownVelocity))
  }
}

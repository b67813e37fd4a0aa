// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖D_{v_c} f‖²` with the full gradient: direct training (L_DT of arXiv 2601.22679). Its minimiser is not
/// the flow map but a flatter one, because conditional velocities add `tr(∇f Σ ∇fᵀ)`.
struct DirectFull: ObjectiveTerm {
  var name: String { "direct" }
  var summary: String { "direct training, ‖D_v_c f‖² with the full gradient" }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    context.totalDerivative(along: context.sample.conditionalVelocity)
  }
}

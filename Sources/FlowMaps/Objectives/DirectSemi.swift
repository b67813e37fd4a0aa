// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖F − sg(F + D_{v_c} f)‖²`: direct training with the whole target stopped (MeanFlow, arXiv 2505.13447;
/// sCT, arXiv 2410.11081).
struct DirectSemi: ObjectiveTerm {
  var name: String { "direct-semi" }
  var summary: String { "direct training with a stopped target (MeanFlow, sCT)" }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    context.semiGradientResidual(along: context.sample.conditionalVelocity)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖F(x_t; t, t) − v_c‖²` (Lipman et al., arXiv 2210.02747): the diagonal learns the marginal velocity.
struct FlowMatching: ObjectiveTerm {
  var name: String { "fm" }
  var summary: String { "flow matching, ‖F(x_t;t,t) − v_c‖²" }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    return context.flowMap.velocity(sample.noisy, at: sample.time) - sample.conditionalVelocity
  }
}

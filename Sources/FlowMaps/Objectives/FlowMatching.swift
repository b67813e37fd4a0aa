// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖F(x_t; t, t) − v_c‖²` (Lipman et al., arXiv 2210.02747): the diagonal learns the marginal velocity.
struct FlowMatching: ObjectiveTerm {
  func perSample(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    return squaredNorm(
      context.flowMap.velocity(sample.noisy, at: sample.time) - sample.conditionalVelocity)
  }
}

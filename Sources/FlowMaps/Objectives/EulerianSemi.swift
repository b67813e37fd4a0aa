// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖F − sg(F + D_{v*} f)‖²`: the Eulerian residual with an oracle teacher and a stopped target.
struct EulerianSemi: ObjectiveTerm {
  func perSample(_ context: ObjectiveContext) -> Tensor {
    context.semiGradientResidual(along: context.oracleVelocity)
  }
}

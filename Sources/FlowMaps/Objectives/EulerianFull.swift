// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖D_{v*} f‖²` with the exact velocity and the full gradient: the Eulerian residual itself.
struct EulerianFull: ObjectiveTerm {
  func perSample(_ context: ObjectiveContext) -> Tensor {
    squaredNorm(context.totalDerivative(along: context.oracleVelocity))
  }
}

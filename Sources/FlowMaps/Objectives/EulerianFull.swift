// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖D_{v*} f‖²` with the exact velocity and the full gradient: the Eulerian residual itself.
struct EulerianFull: ObjectiveTerm {
  var name: String { "eulerian" }
  var summary: String { "‖D_v* f‖² with the exact velocity and the full gradient" }
  var teacher: TeacherKind { .exactVelocity }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    context.totalDerivative(along: context.oracleVelocity)
  }
}

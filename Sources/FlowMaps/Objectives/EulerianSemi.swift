// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖F − sg(F + D_{v*} f)‖²`: the Eulerian residual with an oracle teacher and a stopped target.
struct EulerianSemi: ObjectiveTerm {
  var name: String { "eulerian-semi" }
  var summary: String { "the same with a stopped target" }
  var teacher: TeacherKind { .exactVelocity }
  var hasTangent: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    context.semiGradientResidual(along: context.oracleVelocity)
  }
}

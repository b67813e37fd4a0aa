// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖f(x_t; t, s) − sg f⁻(x_u; u, s)‖²` with `x_u = α(u) x + σ(u) z` of the same data and noise (consistency
/// training, arXiv 2303.01469; schedules of iCT, arXiv 2310.14189, and ECT, arXiv 2406.14548, in
/// ``Discretization``). Needs no teacher: in the mean over pairs through `x_t`, `x_u` is Euler's step with
/// the marginal velocity, up to `O((t − u)²)`.
struct ConsistencyTraining: ObjectiveTerm {
  var name: String { "ct" }
  var summary: String { "discrete consistency without a teacher (CT, iCT, ECT)" }
  var teacher: TeacherKind { .averaged }
  var isDiscreteConsistency: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let u = context.sample.intermediateTime
    return context.consistencyResidual(
      from: context.sample.noisy(at: u, context.flowMap.interpolant), at: u)
  }
}

extension ObjectiveContext {
  /// `f(x_t; t, s) − sg f⁻(y; u, s)`
  func consistencyResidual(from y: Tensor, at u: Tensor) -> Tensor {
    let online = flowMap.map(sample.noisy, from: sample.time, to: sample.endTime)
    return online - stopGradient(teacherMap.map(y, from: u, to: sample.endTime))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// Progressive self-distillation as a residual of `F` (arXiv 2505.18825), for the linear interpolant, where
/// `f = x − (t − s) F` makes one step's `F` the weighted mean of the two half steps':
/// `‖F(x_t; t, s) − sg[(1 − r) F(x_t; t, u) + r F(f(x_t; t, u); u, s)]‖²`, `u = s + r (t − s)`.
/// Unlike the residual of `f` it does not vanish with `t − s`.
struct PreconditionedProgressiveSelfDistillation: ObjectiveTerm {
  let intermediate: IntermediateTime

  var name: String { "psd-\(intermediate.letter)-preconditioned" }
  var summary: String {
    "PSD-\(intermediate.letter.uppercased()) as a residual of F (linear interpolant)"
  }
  var teacher: TeacherKind { .own }
  var needsLinearInterpolant: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    let flowMap = context.flowMap
    let r = intermediate.fraction(sample)
    let u = intermediate.time(sample)
    let first = flowMap.field(sample.noisy, from: sample.time, to: u)
    let halfway = flowMap.map(sample.noisy, field: first, from: sample.time, to: u)
    let second = flowMap.field(halfway, from: u, to: sample.endTime)
    return context.field - stopGradient((1 - r) * first + r * second)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖f(x_t; t, s) − sg f⁻(x̂_u; u, s)‖²` (consistency distillation, arXiv 2303.01469): `x̂_u` is one step of a
/// solver from `t` to `u < t` along the exact velocity, `f⁻` the teacher.
///
/// Published for `s = 0`; the formula holds for any `s ≤ u`. A step of order `p` leaves an error
/// `O((t − u)^{p+1})` in the target, and one of `O((t − u)^p)` in the map that makes the loss vanish.
struct ConsistencyDistillation: ObjectiveTerm {
  let solver: OneStepSolver

  var name: String {
    switch solver {
    case .euler: return "cd"
    case .heun: return "cd-heun"
    }
  }
  var summary: String {
    switch solver {
    case .euler: return "discrete consistency, Euler steps along the exact velocity (CD)"
    case .heun: return "the same with Heun steps"
    }
  }
  var teacher: TeacherKind { .exactVelocity }
  var isDiscreteConsistency: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    let u = sample.intermediateTime
    let start = solver.step(
      sample.noisy, from: sample.time, by: sample.step, to: u, context.oracleVelocity(_:_:))
    return context.consistencyResidual(from: start, at: u)
  }
}

/// A step of an ordinary differential equation backwards in time.
enum OneStepSolver {
  /// `x − h v(x, t)`, of order 1.
  case euler
  /// `x − h/2 (v(x, t) + v(x̂, u))` with Euler's `x̂`, of order 2.
  case heun

  func step(
    _ x: Tensor, from t: Tensor, by h: Tensor, to u: Tensor,
    _ velocity: (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    let first = velocity(x, t)
    let predicted = x - h * first
    switch self {
    case .euler: return predicted
    case .heun: return x - 0.5 * h * (first + velocity(predicted, u))
    }
  }
}

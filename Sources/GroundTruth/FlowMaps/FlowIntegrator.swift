// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CGSL

/// One solver of `dy/du = v(y,u)`, with or without `∂y/∂x`, whose memory is allocated once.
///
/// GSL's pair of Prince and Dormand of order 8 with adaptive steps. Its stepping functions are called
/// directly rather than through a driver, since a driver reports failures to a process-wide handler.
final class FlowIntegrator {
  struct Failure: Error {
    let reached: Double
    let reason: String
  }

  private let evaluator: VelocityEvaluator
  private let dimension: Int
  /// `d` numbers `y`, or `d + d²`, `∂y/∂x` after it.
  private let size: Int
  private let relativeTolerance: Double
  /// `∇v`, where it is needed.
  private let slope: UnsafeMutablePointer<Double>?
  private let step: UnsafeMutablePointer<gsl_odeiv2_step>
  private let control: UnsafeMutablePointer<gsl_odeiv2_control>
  private let evolution: UnsafeMutablePointer<gsl_odeiv2_evolve>

  /// - Parameter withJacobian: whether the state is `(y, ∂y/∂x)`, `d + d²` numbers, instead of `y`.
  init(
    _ evaluator: VelocityEvaluator, dimension: Int, relativeTolerance: Double, withJacobian: Bool
  ) {
    size = dimension * (withJacobian ? 1 + dimension : 1)
    guard let step = gsl_odeiv2_step_alloc(toylab_prince_dormand(), size),
      let control = gsl_odeiv2_control_y_new(relativeTolerance, relativeTolerance),
      let evolution = gsl_odeiv2_evolve_alloc(size)
    else { preconditionFailure("out of memory for an integrator of size \(size)") }
    self.evaluator = evaluator
    self.dimension = dimension
    self.relativeTolerance = relativeTolerance
    slope = withJacobian ? .allocate(capacity: dimension * dimension) : nil
    self.step = step
    self.control = control
    self.evolution = evolution
  }

  deinit {
    gsl_odeiv2_evolve_free(evolution)
    gsl_odeiv2_control_free(control)
    gsl_odeiv2_step_free(step)
    slope?.deallocate()
  }

  /// Carries `state` from one time to another.
  func integrate(
    _ state: UnsafeMutablePointer<Double>, from start: Double, to end: Double
  ) throws(Failure) {
    gsl_odeiv2_evolve_reset(evolution)
    gsl_odeiv2_step_reset(step)
    var equations = gsl_odeiv2_system(
      function: { time, state, rate, context in
        guard let state, let rate, let context else { return badFunctionStatus }
        let integrator = Unmanaged<FlowIntegrator>.fromOpaque(context).takeUnretainedValue()
        return integrator.fill(rate, state, time) ? successStatus : badFunctionStatus
      },
      jacobian: nil, dimension: size, params: Unmanaged.passUnretained(self).toOpaque())
    let largestStepCount = 200_000
    var (time, length, stepCount) = (start, (end - start) / 16, 0)
    while time != end {
      guard stepCount < largestStepCount else {
        throw Failure(reached: time, reason: "more than \(largestStepCount) steps")
      }
      let status = gsl_odeiv2_evolve_apply(
        evolution, control, step, &equations, &time, end, &length, state)
      stepCount += 1
      guard status == successStatus else {
        throw Failure(
          reached: time,
          reason: status == badFunctionStatus
            ? "the velocity is not finite"
            : "no step is small enough for the relative tolerance \(relativeTolerance)")
      }
    }
  }

  /// Fills the right-hand side; returns false where it is not finite.
  private func fill(
    _ rate: UnsafeMutablePointer<Double>, _ state: UnsafePointer<Double>, _ time: Double
  ) -> Bool {
    evaluator.fill(state, time, rate, slope)
    if let slope {
      let (y, out) = (state + dimension, rate + dimension)
      for row in 0..<dimension {
        for column in 0..<dimension {
          var sum = 0.0
          for inner in 0..<dimension {
            sum += slope[row * dimension + inner] * y[inner * dimension + column]
          }
          out[row * dimension + column] = sum
        }
      }
    }
    for index in 0..<size where !rate[index].isFinite { return false }
    return true
  }
}

private let successStatus = Int32(GSL_SUCCESS)
private let badFunctionStatus = Int32(GSL_EBADFUNC)

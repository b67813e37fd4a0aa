// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CGSL
import Dispatch
internal import DataSources
public import Interpolants

/// The exact flow map `f*(x;t,s)` of any exact target: the solution at time `s` of `dy/du = v*(y,u)`,
/// `y(t) = x`, by adaptive steps of order 8.
///
/// ``ExactFlowMap`` is the same for a Gaussian mixture, faster. Towards time 0 the velocity of a uniform
/// shape has layers as thin as the noise at its edges, through which the steps shrink.
public struct TargetFlowMap<Target: ExactTarget>: Sendable {
  public let target: Target
  public let interpolant: any Interpolant
  /// Bounds the error of each step, relative to each coordinate or to 1 where a coordinate is smaller.
  public let relativeTolerance: Double

  public init(target: Target, interpolant: any Interpolant, relativeTolerance: Double = 1e-10) {
    precondition(
      relativeTolerance >= 1e-15 && relativeTolerance < 1,
      "a relative tolerance lies in [1e-15, 1), got \(relativeTolerance)")
    self.target = target
    self.interpolant = interpolant
    self.relativeTolerance = relativeTolerance
  }

  /// `f*(x;t,s)`.
  ///
  /// - Throws: ``FlowMapError`` for a time outside `[0, T]`, a point that is not finite, or where no step
  ///   meets the tolerance.
  public func map(_ x: [Double], from t: Double, to s: Double) throws(FlowMapError) -> [Double] {
    try maps(x, from: t, to: s)
  }

  /// `f*(x;t,s)` and its Jacobian, entry `[i][j]` being `∂f*_i/∂x_j`, from the variational equation.
  ///
  /// - Throws: ``FlowMapError``, as ``map(_:from:to:)``.
  public func mapWithJacobian(
    _ x: [Double], from t: Double, to s: Double
  ) throws(FlowMapError) -> (value: [Double], jacobian: [[Double]]) {
    try check(x, from: t, to: s)
    let d = target.dimension
    precondition(x.count == d, "a point needs \(d) coordinates, got \(x.count)")
    var state = x
    for row in 0..<d { state += (0..<d).map { $0 == row ? 1 : 0 } }
    try integrate(TargetStepper(system(withJacobian: true), relativeTolerance), &state, 0, t, s)
    return (Array(state.prefix(d)), (1...d).map { Array(state[$0 * d..<($0 + 1) * d]) })
  }

  /// `f*(x;t,s)` of many points, `N × d` row-major. Each is integrated by itself, so the number of threads
  /// does not change a bit of the result.
  ///
  /// - Throws: ``FlowMapError`` for the first point, in their order, that failed.
  public func maps(
    _ points: [Double], from t: Double, to s: Double, threads: Int = 1
  ) throws(FlowMapError) -> [Double] {
    precondition(threads >= 1, "at least one thread is needed, got \(threads)")
    let d = target.dimension
    precondition(points.count % d == 0, "\(points.count) numbers are no rows of \(d)")
    try check(points, from: t, to: s)
    let count = points.count / d
    guard count > 0 else { return [] }
    let workers = min(threads, count)
    var states = points
    var failures = [FlowMapError?](repeating: nil, count: workers)
    states.withUnsafeMutableBufferPointer { states in
      failures.withUnsafeMutableBufferPointer { failures in
        // Workers write to disjoint rows and to a failure of their own.
        nonisolated(unsafe) let (states, failures) = (base(states), base(failures))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
          let stepper = TargetStepper(system(withJacobian: false), relativeTolerance)
          do throws(FlowMapError) {
            for row in count * worker / workers..<count * (worker + 1) / workers {
              try integrate(stepper, states + row * d, row, t, s)
            }
          } catch {
            failures[worker] = error
          }
        }
      }
    }
    for case let failure? in failures { throw failure }
    return states
  }

  private func integrate(
    _ stepper: TargetStepper, _ state: UnsafeMutablePointer<Double>, _ point: Int, _ t: Double,
    _ s: Double
  ) throws(FlowMapError) {
    if let failure = stepper.integrate(state, from: t, to: s) {
      throw .integrationFailed(
        point: point, from: t, to: s, reached: failure.reached, reason: failure.reason)
    }
  }

  private func check(_ points: [Double], from t: Double, to s: Double) throws(FlowMapError) {
    for time in [t, s] where !(time >= 0 && time <= interpolant.endTime) {
      throw .timeOutOfRange(time: time, endTime: interpolant.endTime)
    }
    for (index, value) in points.enumerated() where !value.isFinite {
      throw .nonFinitePoint(index: index / target.dimension, value: value)
    }
  }

  /// The right-hand side on `(y, ∂y/∂x)` or on `y`.
  private func system(withJacobian: Bool) -> TargetSystem {
    let (target, interpolant, d) = (target, interpolant, target.dimension)
    return TargetSystem(size: withJacobian ? d + d * d : d) { rate, state, time in
      // The end of a step may leave the interval by rounding.
      let inside = min(max(time, 0), interpolant.endTime)
      let marginal = target.marginal(at: inside, interpolant)
      marginal.velocity(at: state, into: rate)
      guard withJacobian else { return }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: d * d) { slope in
        marginal.velocityJacobian(at: state, into: base(slope))
        for row in 0..<d {
          for column in 0..<d {
            rate[d + row * d + column] = (0..<d).reduce(0) {
              $0 + slope[row * d + $1] * state[d + $1 * d + column]
            }
          }
        }
      }
    }
  }
}

/// A right-hand side that a function of C can call.
private final class TargetSystem {
  typealias Rate = (UnsafeMutablePointer<Double>, UnsafePointer<Double>, Double) -> Void

  let size: Int
  private let rate: Rate

  init(size: Int, rate: @escaping Rate) {
    self.size = size
    self.rate = rate
  }

  /// Returns false where the rate is not finite.
  func fill(
    _ out: UnsafeMutablePointer<Double>, _ state: UnsafePointer<Double>, _ time: Double
  ) -> Bool {
    rate(out, state, time)
    return (0..<size).allSatisfy { out[$0].isFinite }
  }
}

/// Owner of GSL's objects for one system: the pair of Prince and Dormand with adaptive steps.
private final class TargetStepper {
  private let system: TargetSystem
  private let tolerance: Double
  private let step: UnsafeMutablePointer<gsl_odeiv2_step>
  private let control: UnsafeMutablePointer<gsl_odeiv2_control>
  private let evolution: UnsafeMutablePointer<gsl_odeiv2_evolve>

  init(_ system: TargetSystem, _ tolerance: Double) {
    guard let step = gsl_odeiv2_step_alloc(toylab_prince_dormand(), system.size),
      let control = gsl_odeiv2_control_y_new(tolerance, tolerance),
      let evolution = gsl_odeiv2_evolve_alloc(system.size)
    else { preconditionFailure("out of memory for an integrator of size \(system.size)") }
    self.system = system
    self.tolerance = tolerance
    self.step = step
    self.control = control
    self.evolution = evolution
  }

  deinit {
    gsl_odeiv2_evolve_free(evolution)
    gsl_odeiv2_control_free(control)
    gsl_odeiv2_step_free(step)
  }

  /// Carries `state` from one time to another; returns where and why it stopped before.
  func integrate(
    _ state: UnsafeMutablePointer<Double>, from start: Double, to end: Double
  ) -> (reached: Double, reason: String)? {
    gsl_odeiv2_evolve_reset(evolution)
    gsl_odeiv2_step_reset(step)
    var equations = gsl_odeiv2_system(
      function: { time, state, rate, context in
        guard let state, let rate, let context else { return Int32(GSL_EBADFUNC) }
        let system = Unmanaged<TargetSystem>.fromOpaque(context).takeUnretainedValue()
        return Int32(system.fill(rate, state, time) ? GSL_SUCCESS : GSL_EBADFUNC)
      },
      jacobian: nil, dimension: system.size, params: Unmanaged.passUnretained(system).toOpaque())
    let largestStepCount = 200_000
    var (time, size) = (start, (end - start) / 16)
    for _ in 0..<largestStepCount where time != end {
      let status = gsl_odeiv2_evolve_apply(
        evolution, control, step, &equations, &time, end, &size, state)
      guard status == Int32(GSL_SUCCESS) else {
        return (
          time,
          status == Int32(GSL_EBADFUNC)
            ? "the velocity is not finite"
            : "no step is small enough for the relative tolerance \(tolerance)"
        )
      }
    }
    return time == end ? nil : (time, "more than \(largestStepCount) steps")
  }
}

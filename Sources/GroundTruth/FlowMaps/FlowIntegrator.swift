// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CGSL

/// A part of a right-hand side: a weight times the velocity of a mixture.
struct VelocityTerm: Sendable {
  let parameters: MixtureParameters
  let weight: Double
}

/// One solver of `dy/du = Σ_j w_j v*_j(y,u)` for the velocities of one mixture or several, with or without
/// `∂y/∂x`, whose memory is allocated once.
///
/// GSL's pair of Prince and Dormand of order 8 with adaptive steps. Its stepping functions are called
/// directly rather than through a driver, since a driver reports failures to a process-wide handler.
final class FlowIntegrator {
  struct Failure: Error {
    let reached: Double
    let reason: String
  }

  private let system: FlowSystem
  private let size: Int
  private let relativeTolerance: Double
  private let stepper: Stepper

  /// - Parameters:
  ///   - dimension: of every term's mixture.
  ///   - withJacobian: whether the state is `(y, ∂y/∂x)`, `d + d²` numbers, instead of `y`.
  init(
    _ terms: [VelocityTerm], dimension: Int, schedule: Schedule, relativeTolerance: Double,
    withJacobian: Bool
  ) {
    system = FlowSystem(
      terms, dimension: dimension, schedule: schedule, withJacobian: withJacobian)
    size = dimension * (withJacobian ? 1 + dimension : 1)
    self.relativeTolerance = relativeTolerance
    stepper = Stepper(size: size, tolerance: relativeTolerance)
  }

  /// Carries `state` from one time to another.
  func integrate(
    _ state: UnsafeMutablePointer<Double>, from start: Double, to end: Double
  ) throws(Failure) {
    guard start != end else { return }
    stepper.reset()
    var time = start
    var step = (end - start) / 16
    let largestStepCount = 200_000
    var stepCount = 0
    while time != end {
      let status = withUnsafeMutablePointer(to: &time) { time in
        withUnsafeMutablePointer(to: &step) { step in
          stepper.advance(system, time, step, end, state)
        }
      }
      stepCount += 1
      guard status == successStatus else {
        throw Failure(
          reached: time,
          reason: status == badFunctionStatus
            ? "the velocity is not finite"
            : "no step is small enough for the relative tolerance \(relativeTolerance)")
      }
      guard stepCount < largestStepCount else {
        throw Failure(reached: time, reason: "more than \(largestStepCount) steps")
      }
    }
  }
}

private let successStatus = Int32(GSL_SUCCESS)
private let badFunctionStatus = Int32(GSL_EBADFUNC)

/// Owner of GSL's objects.
private final class Stepper {
  private let step: UnsafeMutablePointer<gsl_odeiv2_step>
  private let control: UnsafeMutablePointer<gsl_odeiv2_control>
  private let evolution: UnsafeMutablePointer<gsl_odeiv2_evolve>
  private let size: Int

  init(size: Int, tolerance: Double) {
    guard let step = gsl_odeiv2_step_alloc(toylab_prince_dormand(), size),
      let control = gsl_odeiv2_control_y_new(tolerance, tolerance),
      let evolution = gsl_odeiv2_evolve_alloc(size)
    else { preconditionFailure("out of memory for an integrator of size \(size)") }
    self.size = size
    self.step = step
    self.control = control
    self.evolution = evolution
  }

  deinit {
    gsl_odeiv2_evolve_free(evolution)
    gsl_odeiv2_control_free(control)
    gsl_odeiv2_step_free(step)
  }

  func reset() {
    gsl_odeiv2_evolve_reset(evolution)
    gsl_odeiv2_step_reset(step)
  }

  func advance(
    _ system: FlowSystem, _ time: UnsafeMutablePointer<Double>,
    _ stepSize: UnsafeMutablePointer<Double>, _ end: Double,
    _ state: UnsafeMutablePointer<Double>
  ) -> Int32 {
    withExtendedLifetime(system) {
      var equations = gsl_odeiv2_system(
        function: { time, state, rate, context in
          guard let state, let rate, let context else { return badFunctionStatus }
          let system = Unmanaged<FlowSystem>.fromOpaque(context).takeUnretainedValue()
          return system.fill(rate, state, time) ? successStatus : badFunctionStatus
        },
        jacobian: nil, dimension: size, params: Unmanaged.passUnretained(system).toOpaque())
      return gsl_odeiv2_evolve_apply(
        evolution, control, step, &equations, time, end, stepSize, state)
    }
  }
}

/// The right-hand side, with the tables of the current time.
private final class FlowSystem {
  private let terms: [VelocityTerm]
  private let dimension: Int
  private let schedule: Schedule
  private let withJacobian: Bool
  private let memory: UnsafeMutablePointer<Double>
  /// A term's velocity, `d` numbers, and its Jacobian or their sum, `d²` each, before a mixture's tables.
  private var reserved: Int { dimension * (1 + 2 * dimension) }

  init(_ terms: [VelocityTerm], dimension: Int, schedule: Schedule, withJacobian: Bool) {
    self.terms = terms
    self.dimension = dimension
    self.schedule = schedule
    self.withJacobian = withJacobian
    let largest = terms.map(\.parameters.count).max() ?? 0
    memory = .allocate(
      capacity: MarginalTables.count(components: largest, dimension: dimension)
        + MarginalScratch.count(components: largest, dimension: dimension)
        + dimension * (1 + 2 * dimension))
  }

  deinit { memory.deallocate() }

  /// Returns false where the velocity is not finite.
  func fill(
    _ rate: UnsafeMutablePointer<Double>, _ state: UnsafePointer<Double>, _ time: Double
  ) -> Bool {
    let values = schedule.values(at: time)
    let slope = memory
    for index in 0..<dimension { rate[index] = 0 }
    for index in 0..<dimension * dimension { slope[index] = 0 }
    for term in terms { add(term, values, state, to: rate, slope) }
    for index in 0..<dimension where !rate[index].isFinite { return false }
    guard withJacobian else { return true }
    multiply(slope, state + dimension, into: rate + dimension, size: dimension)
    for index in dimension..<dimension * (1 + dimension) where !rate[index].isFinite {
      return false
    }
    return true
  }

  /// Adds a term's velocity and, where it is asked for, its Jacobian.
  private func add(
    _ term: VelocityTerm, _ values: ScheduleValues, _ state: UnsafePointer<Double>,
    to rate: UnsafeMutablePointer<Double>, _ slope: UnsafeMutablePointer<Double>
  ) {
    let jacobian = slope + dimension * dimension
    let velocity = jacobian + dimension * dimension
    term.parameters.withPointers { pointers in
      let tables = MarginalTables(storage: memory + reserved, parameters: pointers)
      let scratch = MarginalScratch(
        memory + reserved
          + MarginalTables.count(components: pointers.count, dimension: dimension),
        components: pointers.count, dimension: dimension)
      tables.update(pointers, values)
      tables.evaluate(state, scratch)
      tables.average(scratch.velocities, scratch, into: velocity)
      for index in 0..<dimension { rate[index] += term.weight * velocity[index] }
      guard withJacobian else { return }
      tables.jacobian(velocity, scratch, into: jacobian)
      for index in 0..<dimension * dimension { slope[index] += term.weight * jacobian[index] }
    }
  }
}

/// `A B` for square matrices.
private func multiply(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>,
  size: Int
) {
  for row in 0..<size {
    for column in 0..<size {
      var sum = 0.0
      for inner in 0..<size { sum += a[row * size + inner] * b[inner * size + column] }
      out[row * size + column] = sum
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Dispatch
public import Interpolants

/// `f*(x;t,s)`, the solution at time `s` of `dy/du = v(y,u)`, `y(t) = x`, for any order of `t` and `s` in
/// `[0, T]`, by adaptive steps of order 8. The velocity is that of a law of data or a ``GuidedVelocity``.
///
/// The tolerance bounds the error of each step, relative to each coordinate or to 1 where a coordinate
/// is smaller. Towards time 0 the velocity of a uniform shape has layers as thin as the noise at its edges,
/// through which the steps shrink.
public struct ExactFlowMap: Sendable {
  public let velocity: any ExactVelocity
  public let interpolant: any Interpolant
  public let relativeTolerance: Double
  private let dimension: Int

  public init(
    of velocity: any ExactVelocity, interpolant: any Interpolant, relativeTolerance: Double = 1e-12
  ) {
    precondition(
      relativeTolerance >= 1e-15 && relativeTolerance < 1,
      "a relative tolerance lies in [1e-15, 1), got \(relativeTolerance)")
    self.velocity = velocity
    self.interpolant = interpolant
    self.relativeTolerance = relativeTolerance
    dimension = velocity.dimension
  }

  /// `f*(x;t,s)`.
  ///
  /// - Throws: ``FlowMapError`` for a time outside `[0, T]`, a point that is not finite, or where no step
  ///   meets the tolerance.
  public func map(_ x: [Double], from t: Double, to s: Double) throws(FlowMapError) -> [Double] {
    try check([t, s])
    try check(x, count: 1)
    var state = x
    try integrate(integrator(), &state, point: 0, from: t, to: s)
    return state
  }

  /// `f*(x;t,s)` and its Jacobian, entry `[i][j]` being `∂f*_i/∂x_j`, from the variational equation.
  ///
  /// - Throws: ``FlowMapError``, as ``map(_:from:to:)``.
  public func mapWithJacobian(
    _ x: [Double], from t: Double, to s: Double
  ) throws(FlowMapError) -> (value: [Double], jacobian: [[Double]]) {
    try check([t, s])
    try check(x, count: 1)
    var state = x
    for row in 0..<dimension { state += (0..<dimension).map { $0 == row ? 1 : 0 } }
    try integrate(integrator(withJacobian: true), &state, point: 0, from: t, to: s)
    let jacobian = (1...dimension).map { Array(state[$0 * dimension..<($0 + 1) * dimension]) }
    return (Array(state.prefix(dimension)), jacobian)
  }

  /// `f*(x;t,u)` for each `u` of `times`, each carried on from the one before.
  ///
  /// - Throws: ``FlowMapError``, as ``map(_:from:to:)``.
  public func trajectory(
    _ x: [Double], from t: Double, through times: [Double]
  ) throws(FlowMapError) -> [[Double]] {
    try check([t] + times)
    try check(x, count: 1)
    let integrator = integrator()
    var (state, start) = (x, t)
    var points: [[Double]] = []
    for time in times {
      try integrate(integrator, &state, point: 0, from: start, to: time)
      points.append(state)
      start = time
    }
    return points
  }

  /// `f*(x;t,s)` of many points, `N × d` row-major. Each is integrated by itself, so the number of threads
  /// does not change a bit of the result.
  ///
  /// - Throws: ``FlowMapError`` for the first point, in their order, that failed.
  public func maps(
    _ points: [Double], from t: Double, to s: Double, threads: Int = 1
  ) throws(FlowMapError) -> [Double] {
    precondition(threads >= 1, "at least one thread is needed, got \(threads)")
    precondition(
      points.count % dimension == 0, "\(points.count) numbers are no rows of \(dimension)")
    let count = points.count / dimension
    try check([t, s])
    try check(points, count: count)
    guard count > 0 else { return [] }
    let workers = min(threads, count)
    var states = points
    var failures = [FlowMapError?](repeating: nil, count: workers)
    states.withUnsafeMutableBufferPointer { states in
      failures.withUnsafeMutableBufferPointer { failures in
        // Workers write to disjoint rows and to a failure of their own.
        nonisolated(unsafe) let (states, failures) = (base(states), base(failures))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
          let rows = count * worker / workers..<count * (worker + 1) / workers
          failures[worker] = integrateRows(rows, states, from: t, to: s)
        }
      }
    }
    for case let failure? in failures { throw failure }
    return states
  }
}

extension ExactFlowMap {
  private func integrator(withJacobian: Bool = false) -> FlowIntegrator {
    FlowIntegrator(
      velocity.evaluator(interpolant), dimension: dimension, relativeTolerance: relativeTolerance,
      withJacobian: withJacobian)
  }

  private func integrateRows(
    _ rows: Range<Int>, _ states: UnsafeMutablePointer<Double>, from t: Double, to s: Double
  ) -> FlowMapError? {
    let integrator = integrator()
    do {
      for row in rows {
        let state = states + row * dimension
        try integrate(integrator, state, point: row, from: t, to: s)
      }
      return nil
    } catch {
      return error
    }
  }

  private func integrate(
    _ integrator: FlowIntegrator, _ state: UnsafeMutablePointer<Double>, point: Int,
    from t: Double, to s: Double
  ) throws(FlowMapError) {
    do {
      try integrator.integrate(state, from: t, to: s)
    } catch {
      throw .integrationFailed(
        point: point, from: t, to: s, reached: error.reached, reason: error.reason)
    }
  }

  private func check(_ times: [Double]) throws(FlowMapError) {
    for time in times where !(time >= 0 && time <= interpolant.endTime) {
      throw .timeOutOfRange(time: time, endTime: interpolant.endTime)
    }
  }

  private func check(_ points: [Double], count: Int) throws(FlowMapError) {
    precondition(
      points.count == count * dimension,
      "a point needs \(dimension) coordinates, got \(points.count)")
    for (index, value) in points.enumerated() where !value.isFinite {
      throw .nonFinitePoint(index: index / dimension, value: value)
    }
  }
}

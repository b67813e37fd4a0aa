// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants

/// A velocity known exactly at every point and time, whose flow an ``ExactFlowMap`` is: that of any
/// ``ExactTarget``, or a ``GuidedVelocity``.
public protocol ExactVelocity: Sendable {
  /// The number of coordinates of a point.
  var dimension: Int { get }

  /// The velocity under an interpolant.
  func evaluator(_ interpolant: any Interpolant) -> VelocityEvaluator
}

/// A velocity with working memory of its own, for one thread.
public struct VelocityEvaluator {
  /// Writes the velocity, `d` numbers, and, where a place is given for it, its Jacobian, `d × d` row-major
  /// with `∂v_i/∂x_j` at `[i][j]`, at a point of `d` coordinates and a time.
  public typealias Fill = (
    _ x: UnsafePointer<Double>, _ time: Double, _ velocity: UnsafeMutablePointer<Double>,
    _ jacobian: UnsafeMutablePointer<Double>?
  ) -> Void

  let fill: Fill

  public init(_ fill: @escaping Fill) { self.fill = fill }
}

extension ExactTarget {
  /// `v*`, from the marginal at each time anew.
  public func evaluator(_ interpolant: any Interpolant) -> VelocityEvaluator {
    VelocityEvaluator { x, time, velocity, jacobian in
      // The end of a step may leave the interval by rounding.
      let marginal = marginal(at: min(max(time, 0), interpolant.endTime), interpolant)
      marginal.velocity(at: x, into: velocity)
      if let jacobian { marginal.velocityJacobian(at: x, into: jacobian) }
    }
  }
}

extension GaussianMixture {
  /// `v*`, from tables that are filled anew at each time: nothing is allocated.
  public func evaluator(_ interpolant: any Interpolant) -> VelocityEvaluator {
    weightedVelocities([(self, 1)], interpolant)
  }
}

extension GuidedVelocity: ExactVelocity {
  public var dimension: Int { mixture.dimension }

  /// `(1 − ω) v* + ω v*(·|c)`, without a part that has no weight.
  public func evaluator(_ interpolant: any Interpolant) -> VelocityEvaluator {
    weightedVelocities(
      [(mixture, 1 - scale), (conditional, scale)].filter { $0.1 != 0 }, interpolant)
  }
}

/// `Σ_j w_j v*_j` for mixtures of one dimension.
private func weightedVelocities(
  _ terms: [(mixture: GaussianMixture, weight: Double)], _ interpolant: any Interpolant
) -> VelocityEvaluator {
  let terms = terms.map { MixtureVelocity($0.mixture.form, weight: $0.weight) }
  let schedule = Schedule(interpolant)
  let dimension = terms[0].dimension
  return VelocityEvaluator { x, time, velocity, jacobian in
    let values = schedule.values(at: time)
    velocity.update(repeating: 0, count: dimension)
    jacobian?.update(repeating: 0, count: dimension * dimension)
    for term in terms { term.add(x, values, to: velocity, jacobian) }
  }
}

/// The velocity of a mixture times a weight, with memory for the tables of one time and one point.
private final class MixtureVelocity {
  let dimension: Int
  private let form: MixtureForm
  private let weight: Double
  /// The velocity, `d` numbers, its Jacobian, `d²`, the tables and the scratch.
  private let memory: UnsafeMutablePointer<Double>

  init(_ form: MixtureForm, weight: Double) {
    self.form = form
    self.weight = weight
    let tableCount: Int
    switch form {
    case .general(let parameters):
      dimension = parameters.dimension
      tableCount =
        MarginalTables.count(components: parameters.count, dimension: dimension)
        + MarginalScratch.count(components: parameters.count, dimension: dimension)
    case .fine(let mixture):
      dimension = mixture.dimension
      tableCount = FineTables.count(dimension: dimension)
    }
    memory = .allocate(capacity: dimension * (1 + dimension) + tableCount)
  }

  deinit { memory.deallocate() }

  func add(
    _ x: UnsafePointer<Double>, _ values: ScheduleValues, to sum: UnsafeMutablePointer<Double>,
    _ jacobianSum: UnsafeMutablePointer<Double>?
  ) {
    let (velocity, jacobian) = (memory, memory + dimension)
    evaluate(x, values, velocity, jacobianSum == nil ? nil : jacobian)
    for index in 0..<dimension { sum[index] += weight * velocity[index] }
    guard let jacobianSum else { return }
    for index in 0..<dimension * dimension { jacobianSum[index] += weight * jacobian[index] }
  }

  private func evaluate(
    _ x: UnsafePointer<Double>, _ values: ScheduleValues,
    _ velocity: UnsafeMutablePointer<Double>, _ jacobian: UnsafeMutablePointer<Double>?
  ) {
    let storage = memory + dimension * (1 + dimension)
    switch form {
    case .general(let parameters):
      parameters.withPointers { pointers in
        let tables = MarginalTables(storage: storage, parameters: pointers)
        let scratch = MarginalScratch(
          storage + MarginalTables.count(components: pointers.count, dimension: dimension),
          components: pointers.count, dimension: dimension)
        tables.update(pointers, values)
        tables.evaluate(x, scratch)
        tables.average(scratch.velocities, scratch, into: velocity)
        if let jacobian { tables.jacobian(velocity, scratch, into: jacobian) }
      }
    case .fine(let mixture):
      let tables = FineTables(storage: storage, mixture)
      tables.update(values)
      tables.velocity(x, into: velocity, jacobian: jacobian)
    }
  }
}

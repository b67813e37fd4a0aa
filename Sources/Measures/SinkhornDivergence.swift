// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// How the entropic transport problems of a ``SinkhornDivergence`` are solved.
public struct SinkhornSettings: Sendable, Hashable, Codable {
  /// `ε`, the weight of the entropy, in squared units of the points: blurs over about `sqrt(ε/2)`.
  public var regularization: Double
  /// The largest error of a marginal, as the sum of absolute differences of probability. That of the
  /// divergence is of second order in it.
  public var tolerance: Double
  /// After how many updates at the final regularisation the solver gives up.
  public var largestIterationCount: Int

  public init(
    regularization: Double, tolerance: Double = 1e-5, largestIterationCount: Int = 5000
  ) {
    precondition(
      regularization > 0 && regularization.isFinite,
      "a regularisation is positive and finite, got \(regularization)")
    precondition(tolerance > 0, "a tolerance is positive, got \(tolerance)")
    precondition(largestIterationCount >= 1, "\(largestIterationCount) iterations")
    self.regularization = regularization
    self.tolerance = tolerance
    self.largestIterationCount = largestIterationCount
  }
}

/// Why there is no Sinkhorn divergence.
public enum SinkhornError: Error, Equatable, Sendable, CustomStringConvertible {
  case notConverged(iterations: Int, marginalError: Double, tolerance: Double)
  case notFinite

  public var description: String {
    switch self {
    case .notConverged(let iterations, let error, let tolerance):
      return "Sinkhorn's iteration has a marginal error of \(error) after \(iterations) updates, "
        + "and \(tolerance) was asked for; raise the regularisation, the tolerance or the updates"
    case .notFinite:
      return "a Sinkhorn divergence needs points that are finite"
    }
  }
}

/// The Sinkhorn divergence `S_ε = OT_ε(P,Q) − ½ OT_ε(P,P) − ½ OT_ε(Q,Q)` of squared distances
/// (Feydy et al. 2019), zero for equal samples; it tends to the squared W2 as `ε → 0` and to the squared
/// distance of the means as `ε → ∞`.
public struct SinkhornDivergence: Sendable, Hashable, Codable {
  /// `S_ε`, in squared units, with the standard error from the variance of the potentials.
  public let value: Estimate
  public let settings: SinkhornSettings
  /// The updates made in all three problems, at every regularisation.
  public let iterations: Int
  /// The largest error of a marginal that remains.
  public let marginalError: Double

  /// Solves the three problems in log-space, from a large regularisation down to the one asked for. The
  /// number of updates grows with the squared size of the samples over the regularisation.
  ///
  /// - Complexity: O(*n* *m* + *n*² + *m*²) an update.
  public init(
    _ left: Points, _ right: Points, settings: SinkhornSettings
  ) throws(SinkhornError) {
    precondition(
      left.dimension == right.dimension && left.count > 1 && right.count > 1,
      "\(left.count) points of dimension \(left.dimension) against \(right.count) of "
        + "\(right.dimension); two points and one dimension are needed")
    guard left.isFinite, right.isFinite else { throw .notFinite }
    var solver = SinkhornSolver(left, right, settings)
    let between = try solver.between()
    let own = (try solver.within(left), try solver.within(right))
    let rows = RunningMoments(zip(between.rows, own.0).map { $0 - $1 })
    let columns = RunningMoments(zip(between.columns, own.1).map { $0 - $1 })
    value = Estimate(
      value: rows.mean + columns.mean,
      standardError: (rows.variance / Double(left.count) + columns.variance / Double(right.count))
        .squareRoot(), count: left.count + right.count)
    self.settings = settings
    iterations = solver.iterations
    marginalError = solver.marginalError
  }
}

private struct SinkhornSolver {
  let left: Points
  let right: Points
  let settings: SinkhornSettings
  private let leftColumns: CoordinateColumns
  private let rightColumns: CoordinateColumns
  private(set) var iterations = 0
  private(set) var marginalError = 0.0

  init(_ left: Points, _ right: Points, _ settings: SinkhornSettings) {
    self.left = left
    self.right = right
    self.settings = settings
    leftColumns = CoordinateColumns(left)
    rightColumns = CoordinateColumns(right)
  }

  /// The two potentials between the samples.
  mutating func between() throws(SinkhornError) -> (rows: [Double], columns: [Double]) {
    var rows = [Double](repeating: 0, count: left.count)
    var columns = [Double](repeating: 0, count: right.count)
    let largest = marginalError
    for epsilon in regularizations(left, right) {
      rows = transform(left, rightColumns, columns, epsilon)
      columns = transform(right, leftColumns, rows, epsilon)
      iterations += 1
    }
    let epsilon = settings.regularization
    for _ in 0..<settings.largestIterationCount {
      let next = transform(left, rightColumns, columns, epsilon)
      let error = marginal(next, rows, epsilon)
      rows = next
      iterations += 1
      columns = transform(right, leftColumns, rows, epsilon)
      if error <= settings.tolerance {
        marginalError = max(largest, error)
        return (rows, columns)
      }
      if !error.isFinite { throw .notFinite }
      marginalError = error
    }
    throw notConverged()
  }

  /// The one potential of a sample with itself, by averaged updates.
  mutating func within(_ points: Points) throws(SinkhornError) -> [Double] {
    let columns = CoordinateColumns(points)
    let largest = marginalError
    var potential = [Double](repeating: 0, count: points.count)
    for epsilon in regularizations(points, points) {
      potential = average(potential, transform(points, columns, potential, epsilon))
      iterations += 1
    }
    let epsilon = settings.regularization
    for _ in 0..<settings.largestIterationCount {
      let next = transform(points, columns, potential, epsilon)
      let error = marginal(next, potential, epsilon)
      potential = average(potential, next)
      iterations += 1
      if error <= settings.tolerance {
        marginalError = max(largest, error)
        // One full update more makes the potential that of a plan with an exact marginal.
        return transform(points, columns, potential, epsilon)
      }
      if !error.isFinite { throw .notFinite }
      marginalError = error
    }
    throw notConverged()
  }

  private func notConverged() -> SinkhornError {
    .notConverged(
      iterations: settings.largestIterationCount, marginalError: marginalError,
      tolerance: settings.tolerance)
  }

  private func average(_ a: [Double], _ b: [Double]) -> [Double] {
    zip(a, b).map { 0.5 * ($0 + $1) }
  }

  /// From the squared size of the samples down by factors of four to the one asked for, that left out.
  private func regularizations(_ first: Points, _ second: Points) -> [Double] {
    var diameter = 0.0
    for axis in 0..<first.dimension {
      let values = [first, second].flatMap { points in
        stride(from: axis, to: points.values.count, by: points.dimension).map { points.values[$0] }
      }
      let extent = (values.max() ?? 0) - (values.min() ?? 0)
      diameter += extent * extent
    }
    var schedule: [Double] = []
    var epsilon = diameter
    while epsilon > settings.regularization {
      schedule.append(epsilon)
      epsilon /= 4
    }
    return schedule
  }

  /// `Σ_i a_i |exp((f_i − f_i')/ε) − 1|`: how far the marginal of the plan of `f` and `g` is from `a`, for
  /// `f'` made from `g`.
  private func marginal(_ new: [Double], _ old: [Double], _ epsilon: Double) -> Double {
    zip(new, old).reduce(0) { $0 + expm1(($1.1 - $1.0) / epsilon).magnitude } / Double(new.count)
  }

  /// `f_i = −ε log Σ_j exp((g_j − |x_i − y_j|²)/ε) / m`.
  private func transform(
    _ points: Points, _ others: CoordinateColumns, _ potentials: [Double], _ epsilon: Double
  ) -> [Double] {
    let padded = (potentials.count + 3) / 4
    // Lanes that hold no point have no weight.
    var groups = [SIMD4<Double>](repeating: SIMD4(repeating: -.infinity), count: padded)
    for (index, value) in potentials.enumerated() { groups[index / 4][index % 4] = value }
    let logCount = log(Double(potentials.count))
    return groups.withUnsafeBufferPointer { groups in
      (0..<points.count).map { row in
        var best = SIMD4<Double>(repeating: -.infinity)
        others.forEach(from: points[row]) { group, squares in
          best = pointwiseMax(best, groups[group] - squares)
        }
        let largest = best.max()
        let inverse = 1 / epsilon
        var sum = SIMD4<Double>.zero
        others.forEach(from: points[row]) { group, squares in
          sum += exponential((groups[group] - squares - largest) * inverse)
        }
        return -largest - epsilon * (log(sum.sum()) - logCount)
      }
    }
  }
}

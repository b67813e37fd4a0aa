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
    regularization: Double, tolerance: Double = 1e-5, largestIterationCount: Int = 20_000
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
  /// Squared distances between the points are larger than any double.
  case overflow

  public var description: String {
    switch self {
    case .notConverged(let iterations, let error, let tolerance):
      return "Sinkhorn's iteration has a marginal error of \(error) after \(iterations) updates, "
        + "and \(tolerance) was asked for; raise the regularisation, the tolerance or the updates"
    case .notFinite:
      return "a Sinkhorn divergence needs points that are finite"
    case .overflow:
      return
        "squared distances between the points are larger than any number; accepted are points within "
        + "1e150 of each other: choose a larger unit"
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

  /// Solves the three problems in log-space, from a large regularisation down to the one asked for; that between the
  /// samples by over-relaxed updates (Thibault et al. 2021), whose number grows with the size of the samples over the
  /// square root of the regularisation.
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
    guard solver.largestSquare.isFinite else { throw .overflow }
    let own = (try solver.within(left), try solver.within(right))
    // A sample against itself is the same problem.
    let between = left == right ? (rows: own.0, columns: own.1) : try solver.between()
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

  /// The squared size of both samples together.
  var largestSquare: Double { squaredDiameter(left, right) }

  /// The two potentials between the samples.
  mutating func between() throws(SinkhornError) -> (rows: [Double], columns: [Double]) {
    var rows = [Double](repeating: 0, count: left.count)
    var columns = [Double](repeating: 0, count: right.count)
    let largest = marginalError
    // Both are moved at once, so that what is nearly symmetric stays so.
    for epsilon in regularizations(left, right) {
      let next = transform(left, rightColumns, columns, epsilon)
      columns = average(columns, transform(right, leftColumns, rows, epsilon))
      rows = average(rows, next)
      iterations += 1
    }
    let epsilon = settings.regularization
    var relaxation = Relaxation()
    for _ in 0..<settings.largestIterationCount {
      let nextRows = transform(left, rightColumns, columns, epsilon)
      let rowError = marginal(nextRows, rows, epsilon)
      rows = relaxation.moved(rows, nextRows)
      let nextColumns = transform(right, leftColumns, rows, epsilon)
      let columnError = marginal(nextColumns, columns, epsilon)
      columns = relaxation.moved(columns, nextColumns)
      iterations += 1
      let error = max(rowError, columnError)
      if error <= settings.tolerance {
        marginalError = max(largest, error)
        // One plain update more makes the potentials those of a plan with one exact marginal.
        rows = transform(left, rightColumns, columns, epsilon)
        return (rows, transform(right, leftColumns, rows, epsilon))
      }
      if error.isNaN { throw .notFinite }
      marginalError = error
      relaxation.observe(error)
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
      if error.isNaN { throw .notFinite }
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

  private func squaredDiameter(_ first: Points, _ second: Points) -> Double {
    var diameter = 0.0
    for axis in 0..<first.dimension {
      let values = [first, second].flatMap { points in
        stride(from: axis, to: points.values.count, by: points.dimension).map { points.values[$0] }
      }
      let extent = (values.max() ?? 0) - (values.min() ?? 0)
      diameter += extent * extent
    }
    return diameter
  }

  /// From the squared size of the samples down by factors of four to the one asked for, that left out.
  private func regularizations(_ first: Points, _ second: Points) -> [Double] {
    var schedule: [Double] = []
    var epsilon = squaredDiameter(first, second)
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

/// How far an update goes beyond the plain one: as far as the rate at which errors fall calls for, as in successive
/// over-relaxation (Young 1954).
private struct Relaxation {
  /// 1 is the plain update; below 2.
  private(set) var factor = 1.0
  private var errors: [Double] = []

  /// After how many updates the factor is looked at anew.
  private static let window = 32

  /// A potential moved toward its update, or beyond it.
  func moved(_ old: [Double], _ new: [Double]) -> [Double] {
    factor == 1 ? new : zip(old, new).map { $0 + factor * ($1 - $0) }
  }

  /// Takes note of the error of an update.
  mutating func observe(_ error: Double) {
    errors.append(error)
    guard errors.count == Self.window else { return }
    let middle = Self.window / 2
    let steps = Double(Self.window - 1 - middle)
    let rate = pow(errors[Self.window - 1] / errors[middle], 1 / steps)
    errors.removeAll(keepingCapacity: true)
    guard rate < 1 else {
      factor = 1 + 0.5 * (factor - 1)
      return
    }
    // The rate of the plain updates that this one belongs to, and the factor that is best for it.
    let reach = rate + factor - 1
    let plain = min(reach * reach / (factor * factor * rate), 1 - 1e-8)
    factor = max(factor, min(2 / (1 + (1 - plain).squareRoot()), 1.99999))
  }
}

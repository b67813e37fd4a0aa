// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The exact Wasserstein-2 distance between two samples of any sizes and weights, by an optimal ``TransportPlan``, with
/// the standard error of it as an estimate of the distance between their laws.
///
/// The variance of the squared distance is that of the optimal prices over both samples (del Barrio & Loubes 2019), as
/// for ``wassersteinEstimate(_:_:)``; the mean of the estimate lies above the distance of the laws, which a
/// ``NoiseFloor`` shows.
///
/// - Returns: The distance; NaN if a squared distance between the samples is not finite.
/// - Complexity: *n* × *m* numbers of memory; a second for 2,500 × 2,500 points.
public func transportDistance(_ left: WeightedPoints, _ right: WeightedPoints) -> Estimate {
  precondition(
    left.points.dimension == right.points.dimension && left.count > 0 && right.count > 0,
    "\(left.count) points of dimension \(left.points.dimension) against \(right.count) of dimension "
      + "\(right.points.dimension)")
  let costs = squaredDistances(left.points, right.points)
  let count = left.count + right.count
  guard costs.allSatisfy(\.isFinite) else {
    return Estimate(value: .nan, standardError: .nan, count: count)
  }
  let plan = TransportPlan(
    minimizing: costs, rows: left.count, columns: right.count, rowMasses: left.masses,
    columnMasses: right.masses)
  let variance =
    varianceOfMean(plan.rowPrices, masses: left.allMasses)
    + varianceOfMean(plan.columnPrices, masses: right.allMasses)
  return Estimate(value: plan.cost, standardError: variance.squareRoot(), count: count)
    .squareRoot()
}

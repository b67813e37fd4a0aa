// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A sample whose points may stand for unequal shares of it.
public struct WeightedPoints: Sendable, Hashable {
  /// The points.
  public let points: Points

  /// The share of each point, adding up to 1; nil if all are equal.
  public let masses: [Double]?

  /// The number of points.
  public var count: Int { points.count }

  /// - Parameter weights: one a point, finite, not below zero and not all zero, of any sum; nil if all are equal.
  public init(_ points: Points, weights: [Double]? = nil) {
    self.points = points
    guard let weights else {
      masses = nil
      return
    }
    let sum = weights.reduce(0, +)
    precondition(
      weights.count == points.count && weights.allSatisfy { $0 >= 0 } && sum > 0 && sum.isFinite,
      "\(weights.count) weights of sum \(sum) for \(points.count) points")
    masses = weights.map { $0 / sum }
  }

  /// The share of each point, also where all are equal.
  var allMasses: [Double] {
    masses ?? Array(repeating: 1 / Double(count), count: count)
  }

  /// Some points, whose shares grow to add up to 1.
  func selected(_ rows: [Int]) -> WeightedPoints {
    let selected = Points(rows.flatMap { points[$0] }, dimension: points.dimension)
    guard let masses else { return WeightedPoints(selected) }
    let kept = rows.map { masses[$0] }
    // Points that weigh nothing make no sample; one drawn from them has equal shares.
    return WeightedPoints(selected, weights: kept.contains { $0 > 0 } ? kept : nil)
  }

  /// The points of both samples.
  func joined(with other: WeightedPoints) -> WeightedPoints {
    let points = Points(points.values + other.points.values, dimension: points.dimension)
    if masses == nil && other.masses == nil { return WeightedPoints(points) }
    // Each sample keeps the influence that its number of points gives it.
    let (own, others) = (Double(count), Double(other.count))
    return WeightedPoints(
      points, weights: allMasses.map { $0 * own } + other.allMasses.map { $0 * others })
  }
}

/// The variance of `Σ m_i h_i` over independent draws of weighted points (the delta method for a ratio); for equal
/// masses the sample variance over the count.
func varianceOfMean(_ values: [Double], masses: [Double]) -> Double {
  let mean = zip(values, masses).reduce(0) { $0 + $1.0 * $1.1 }
  let sum = zip(values, masses).reduce(0) { $0 + $1.1 * $1.1 * ($1.0 - mean) * ($1.0 - mean) }
  let count = Double(values.count)
  return count > 1 ? sum * count / (count - 1) : .nan
}

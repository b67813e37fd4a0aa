// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A sample that many others are held against: what of it alone a distance needs is computed once.
public struct ReferenceSample: Sendable {
  public let points: Points
  /// Those of the sliced distance.
  public let directions: Directions
  /// The projections on each direction in ascending order; empty if the sample is not finite.
  let sortedProjections: [[Double]]
  /// For each point the sum of its distances to the others; empty if the sample is not finite.
  let ownDistanceSums: [Double]

  /// - Precondition: at least three points, of the directions' dimension.
  /// - Complexity: O(*directions* × *n* log *n* + *n*²).
  public init(_ points: Points, along directions: Directions) {
    precondition(
      points.dimension == directions.vectors.dimension,
      "A sample of dimension \(points.dimension) projected on directions of dimension "
        + "\(directions.vectors.dimension).")
    precondition(points.count > 2, "A reference needs at least three points, not \(points.count).")
    self.points = points
    self.directions = directions
    guard points.isFinite else {
      (sortedProjections, ownDistanceSums) = ([], [])
      return
    }
    sortedProjections = (0..<directions.vectors.count).map {
      sortedProjection(of: points, on: Array(directions.vectors[$0]))
    }
    ownDistanceSums = Measures.ownDistanceSums(points) { _ in }
  }
}

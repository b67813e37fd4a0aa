// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Precision and recall of samples by nearest neighbours (Kynkäänniemi et al. 2019): a law's support is taken for the
/// balls around its samples that reach to their `k`-th nearest neighbours.
public struct NeighborCoverage: Sendable, Equatable, Codable {
  /// The share of samples within a ball of the reference: whether they look right.
  public let precision: Estimate
  /// The share of the reference within a ball of the samples: whether they show everything.
  public let recall: Estimate
  /// `k`
  public let neighbors: Int

  /// Compares two sets of features; both depend on the numbers of samples, which should be equal to those of a floor.
  ///
  /// - Throws: ``FeatureError`` for different dimensions or no more samples than neighbours.
  public init(
    _ samples: Points, reference: Points, neighbors: Int = 3
  ) throws(FeatureError) {
    try self.init(samples, reference: try NeighborBalls(reference, neighbors: neighbors))
  }

  /// Compares a set of features with one whose balls are known.
  ///
  /// - Throws: ``FeatureError`` for different dimensions or no more samples than neighbours.
  /// - Complexity: distances between all pairs of samples, and of samples and reference.
  public init(_ samples: Points, reference: NeighborBalls) throws(FeatureError) {
    guard samples.dimension == reference.points.dimension else {
      throw .dimensions(left: samples.dimension, right: reference.points.dimension)
    }
    neighbors = reference.neighbors
    let sampleRadii = try NeighborBalls(samples, neighbors: neighbors).squaredRadii
    let referenceRadii = reference.squaredRadii
    var isReached = [Bool](repeating: false, count: reference.points.count)
    var inside = 0
    DistanceBlocks.forEachRow(from: samples, to: reference.points) { row, squares in
      var isInside = false
      let own = sampleRadii[row]
      for index in squares.indices {
        if squares[index] <= referenceRadii[index] { isInside = true }
        if squares[index] <= own { isReached[index] = true }
      }
      if isInside { inside += 1 }
    }
    precision = Estimate(share: inside, of: samples.count)
    recall = Estimate(share: isReached.count { $0 }, of: reference.points.count)
  }
}

/// The balls around points that reach to their `k`-th nearest neighbours.
public struct NeighborBalls: Sendable, Equatable {
  public let points: Points
  /// `k`
  public let neighbors: Int
  /// The squared distance of each point to its `k`-th nearest other.
  let squaredRadii: [Double]

  /// - Throws: ``FeatureError`` for no more points than neighbours, or numbers that are not finite.
  /// - Complexity: distances between all pairs.
  public init(_ points: Points, neighbors: Int = 3) throws(FeatureError) {
    precondition(neighbors >= 1, "\(neighbors) neighbours")
    guard points.count > neighbors else {
      throw .tooFewSamples(
        purpose: "recall and precision by \(neighbors) neighbours", samples: points.count,
        needed: neighbors + 1, features: points.dimension)
    }
    guard points.isFinite else { throw .notFinite(purpose: "a sample") }
    self.points = points
    self.neighbors = neighbors
    var radii = [Double](repeating: 0, count: points.count)
    DistanceBlocks.forEachRow(from: points, to: points) { row, squares in
      // Ascending; the point itself is left out by its number, for others may lie at the same place.
      var nearest = [Double](repeating: .infinity, count: neighbors)
      for index in squares.indices where index != row && squares[index] < nearest[neighbors - 1] {
        var place = neighbors - 1
        while place > 0 && nearest[place - 1] > squares[index] {
          nearest[place] = nearest[place - 1]
          place -= 1
        }
        nearest[place] = squares[index]
      }
      radii[row] = nearest[neighbors - 1]
    }
    squaredRadii = radii
  }
}

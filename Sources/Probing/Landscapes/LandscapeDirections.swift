// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import LinearAlgebra
import RandomStreams

/// A random direction of parameter space: independent standard normals.
public func randomDirection(dimension: Int, seed: UInt64, index: Int = 0) -> [Double] {
  precondition(dimension >= 1 && index >= 0, "direction \(index) of \(dimension) dimensions")
  return RandomStream(seed: seed, purpose: .landscapeDirection, step: UInt64(index))
    .normals(rows: 1, draws: dimension)
}

/// A direction rescaled filter by filter to the lengths the filters have in the parameters (Li et al. 2018,
/// arXiv 1712.09913), so that landscapes of networks with differently scaled weights can be compared.
///
/// - Parameters:
///   - filters: for each filter (the weights into one unit) its place in the vectors. Entries in no filter,
///     such as biases, get zero, and so do filters in which the direction is zero.
/// - Precondition: filters lie inside the vectors and do not overlap.
public func filterNormalized(
  _ direction: [Double], parameters: [Double], filters: [Range<Int>]
) -> [Double] {
  precondition(
    direction.count == parameters.count,
    "a direction of \(direction.count) entries for \(parameters.count) parameters")
  var result = [Double](repeating: 0, count: direction.count)
  var end = 0
  for filter in filters.sorted(by: { $0.lowerBound < $1.lowerBound }) {
    precondition(
      filter.lowerBound >= end && filter.upperBound <= direction.count,
      "filter \(filter) overlaps another or leaves the \(direction.count) parameters")
    end = filter.upperBound
    let size = length(Array(direction[filter]))
    guard size > 0 else { continue }
    let factor = length(Array(parameters[filter])) / size
    for index in filter { result[index] = factor * direction[index] }
  }
  return result
}

/// The principal directions of a path through parameter space.
public struct PathPrincipalAxes: Sendable, Equatable {
  /// The plane through the last point along the two directions of largest extent.
  public let plane: ParameterPlane
  /// The share of the summed squared distances from the last point that each direction explains, in
  /// decreasing order.
  public let explainedShares: [Double]

  /// The principal axes of the points' differences from the last one (Li et al. 2018), from the
  /// eigenvectors of their Gram matrix.
  ///
  /// - Parameter points: at least three, all of one length.
  /// - Throws: ``PlaneError`` where the path has fewer points or lies on a line;
  ///   ``LinearAlgebraError`` where the eigenvalue solver fails.
  public init(path points: [[Double]]) throws {
    guard let last = points.last, points.count >= 3 else {
      throw PlaneError.flatPath(points: points.count, secondExtent: 0)
    }
    for point in points {
      guard point.count == last.count else {
        throw PlaneError.lengthMismatch(
          vector: "path", expected: last.count, found: point.count)
      }
      guard point.allSatisfy(\.isFinite) else { throw PlaneError.notFinite(vector: "path") }
    }
    let steps = points.dropLast().map { point in zip(point, last).map { $0 - $1 } }
    let gram = steps.flatMap { left in steps.map { dotProduct(left, $0) } }
    let system = try DenseSymmetricEigensystem(gram, size: steps.count)
    let values = system.eigenvalues.reversed().map { max(0, $0) }
    let total = values.reduce(0, +)
    let extent = values[0] > 0 ? (values[1] / values[0]).squareRoot() : 0
    // The square root of rounding in the Gram matrix.
    guard extent >= 1e-6 else {
      throw PlaneError.flatPath(points: points.count, secondExtent: extent)
    }
    let directions = [1, 2].map { place -> [Double] in
      let weights = system.eigenvector(steps.count - place)
      var direction = [Double](repeating: 0, count: last.count)
      for (weight, step) in zip(weights, steps) {
        for index in direction.indices { direction[index] += weight * step[index] }
      }
      return direction
    }
    plane = try ParameterPlane(center: last, first: directions[0], second: directions[1])
    explainedShares = values.map { $0 / total }
  }
}

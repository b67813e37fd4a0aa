// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import LinearAlgebra

/// The directions in which a set of points varies most, as features of other points.
public struct PrincipalComponents: Sendable, Equatable {
  /// What is subtracted from a point.
  public let mean: [Double]
  /// The variances along the directions, in decreasing order.
  public let variances: [Double]
  /// The share of the whole variance that the directions carry.
  public let share: Double
  /// Unit vectors, one a column.
  private let directions: DenseMatrix

  /// The leading components of points with given moments.
  ///
  /// - Parameter count: of them, from 1 to the dimension.
  /// - Throws: ``FeatureError`` for no more points than dimensions.
  public init(_ moments: FeatureMoments, count: Int) throws(FeatureError) {
    let size = moments.dimension
    precondition((1...size).contains(count), "\(count) components of \(size) dimensions")
    let fit = try moments.gaussian()
    let system: DenseSymmetricEigensystem
    do {
      system = try DenseSymmetricEigensystem(fit.covariance, size: size)
    } catch {
      throw .decomposition("\(error)")
    }
    mean = moments.mean
    variances = system.eigenvalues.reversed().prefix(count).map { max($0, 0) }
    share = variances.reduce(0, +) / system.eigenvalues.reduce(0) { $0 + max($1, 0) }
    var directions = DenseMatrix(rows: size, columns: count)
    for column in 0..<count {
      let vector = system.eigenvector(size - 1 - column)
      // LAPACK leaves the sign open: the largest entry is made positive.
      let largest = vector.max { abs($0) < abs($1) } ?? 1
      for (row, value) in vector.enumerated() {
        directions[row, column] = largest < 0 ? -value : value
      }
    }
    self.directions = directions
  }

  /// The coordinates of points along the directions.
  public func features(of points: Points) -> Points {
    precondition(
      points.dimension == mean.count, "points of \(points.dimension) numbers for \(mean.count)")
    guard points.count > 0 else { return Points([], dimension: variances.count) }
    var deviations = DenseMatrix(rows: points.dimension, columns: points.count)
    for index in points.values.indices {
      deviations.elements[index] = points.values[index] - mean[index % mean.count]
    }
    return Points((directions.transposed * deviations).elements, dimension: variances.count)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The modes of a Gaussian mixture, for asking whether samples lie in them.
public struct GaussianModes: Sendable, Hashable {
  /// The means, one a row.
  public let means: Points

  /// For each mode the inverse of the lower Cholesky factor of its covariance, row by row:
  /// `count * dimension * dimension` values. Entries above the diagonal are not read.
  public let inverseCholeskyFactors: [Double]

  /// Modes from their means and inverse Cholesky factors.
  public init(means: Points, inverseCholeskyFactors: [Double]) {
    precondition(
      means.count > 0
        && inverseCholeskyFactors.count == means.values.count * means.dimension,
      "\(inverseCholeskyFactors.count) factor entries for \(means.count) modes of dimension "
        + "\(means.dimension).")
    self.means = means
    self.inverseCholeskyFactors = inverseCholeskyFactors
  }

  /// The mode of least Mahalanobis distance to a point, and that distance; a point that is not
  /// finite has no mode.
  public func nearest(to point: some RandomAccessCollection<Double>) -> (
    mode: Int, distance: Double
  )? {
    precondition(
      point.count == means.dimension,
      "A point of dimension \(point.count) among modes of dimension \(means.dimension).")
    var best: (mode: Int, distance: Double)?
    for mode in 0..<means.count {
      let distance = squaredDistance(of: point, from: mode).squareRoot()
      if distance.isFinite && distance < best?.distance ?? .infinity { best = (mode, distance) }
    }
    return best
  }

  private func squaredDistance(of point: some RandomAccessCollection<Double>, from mode: Int)
    -> Double
  {
    let dimension = means.dimension
    let factor = mode * dimension * dimension
    var sum = 0.0
    for row in 0..<dimension {
      var entry = 0.0
      for (column, value) in point.prefix(row + 1).enumerated() {
        entry +=
          inverseCholeskyFactors[factor + row * dimension + column]
          * (value - means.values[mode * dimension + column])
      }
      sum += entry * entry
    }
    return sum
  }
}

/// How a sample spreads over the modes of a mixture.
public struct ModeCoverage: Sendable, Hashable {
  /// For each mode the number of points that lie inside it and nearest to it.
  public let hits: [Int]

  /// The number of points, inside a mode or not.
  public let count: Int

  /// Assigns each point to its nearest mode if it lies within `radius` standard deviations
  /// (Mahalanobis distance) of it. Points that are not finite lie outside.
  public init(of points: Points, over modes: GaussianModes, radius: Double = 3) {
    var hits = [Int](repeating: 0, count: modes.means.count)
    for index in 0..<points.count {
      guard let nearest = modes.nearest(to: points[index]), nearest.distance <= radius else {
        continue
      }
      hits[nearest.mode] += 1
    }
    self.hits = hits
    self.count = points.count
  }

  /// The fraction of points inside a mode.
  ///
  /// For Gaussian modes in the plane far from each other, `1 - exp(-radius² / 2)` is exact: 0.98889
  /// for a radius of 3.
  public var fractionInside: Estimate {
    Estimate(successes: hits.reduce(0, +), of: count)
  }

  /// The fraction of modes that hold at least the given share of all points.
  public func fractionCovered(minimumShare: Double) -> Double {
    let covered = hits.count { Double($0) >= minimumShare * Double(count) && $0 > 0 }
    return Double(covered) / Double(hits.count)
  }
}

extension Estimate {
  /// A frequency. Its standard error is the standard deviation of the probability given the counts,
  /// under a uniform prior: close to the binomial one, but above zero if all or none succeed.
  public init(successes: Int, of trials: Int) {
    precondition(
      trials > 0 && (0...trials).contains(successes), "\(successes) successes of \(trials) trials.")
    let smoothed = Double(successes + 1) / Double(trials + 2)
    self.init(
      value: Double(successes) / Double(trials),
      standardError: (smoothed * (1 - smoothed) / Double(trials + 3)).squareRoot(), count: trials)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A kernel `k(x, y)`: the mean of Gaussians `exp(−|x − y|² / (2 h²))` over bandwidths `h`.
public struct GaussianKernel: Sendable, Hashable, Codable {
  /// The standard deviations `h`, in the units of the points.
  public let bandwidths: [Double]

  /// - Parameter bandwidths: at least one, all positive and finite.
  public init(bandwidths: [Double]) {
    precondition(
      !bandwidths.isEmpty && bandwidths.allSatisfy { $0 > 0 && $0.isFinite },
      "bandwidths must be positive and finite, got \(bandwidths)")
    self.bandwidths = bandwidths
  }

  /// The kernel whose bandwidth is the median distance between different points of both samples together,
  /// of at most 1,000 points of each taken at even distances (Gretton et al. 2012). Where most points
  /// coincide, the bandwidth is the mean distance, or 1.
  public static func medianHeuristic(_ left: Points, _ right: Points) -> GaussianKernel {
    precondition(
      left.dimension == right.dimension && left.count + right.count >= 2,
      "\(left.count) and \(right.count) points of dimensions \(left.dimension) and "
        + "\(right.dimension)")
    let pooled = thinned(left, to: 1000) + thinned(right, to: 1000)
    var distances: [Double] = []
    distances.reserveCapacity(pooled.count * (pooled.count - 1) / 2)
    for (index, first) in pooled.enumerated() {
      for second in pooled[(index + 1)...] {
        distances.append(zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
      }
    }
    distances.sort()
    let median = distances[distances.count / 2].squareRoot()
    if median > 0 && median.isFinite { return GaussianKernel(bandwidths: [median]) }
    let mean = distances.reduce(0) { $0 + $1.squareRoot() } / Double(distances.count)
    return GaussianKernel(bandwidths: [mean > 0 && mean.isFinite ? mean : 1])
  }

  private static func thinned(_ points: Points, to count: Int) -> [ArraySlice<Double>] {
    let kept = min(count, points.count)
    return (0..<kept).map { points[$0 * points.count / kept] }
  }
}

/// The squared maximum mean discrepancy `E k(X,X') + E k(Y,Y') − 2 E k(X,Y)` between the laws of two samples,
/// as an unbiased U-statistic (Gretton et al. 2012): for one law it averages to zero, and single values may
/// fall below it.
///
/// The standard error is the delete-one jackknife over both samples; it is conservative.
///
/// - Returns: The squared discrepancy; NaN if a sample is not finite.
/// - Complexity: O(*n* *m* + *n*² + *m*²) values of the kernel.
public func maximumMeanDiscrepancy(
  _ left: Points, _ right: Points, kernel: GaussianKernel
) -> Estimate {
  precondition(
    left.dimension == right.dimension,
    "samples of dimensions \(left.dimension) and \(right.dimension)")
  precondition(
    left.count > 2 && right.count > 2, "the discrepancy needs at least three points a sample")
  let count = left.count + right.count
  guard left.isFinite, right.isFinite else {
    return Estimate(value: .nan, standardError: .nan, count: count)
  }
  let sums = KernelSums(left, right, kernel)
  let n = Double(left.count)
  let m = Double(right.count)
  let (leftSum, rightSum) = (sums.left.reduce(0, +), sums.right.reduce(0, +))
  let betweenSum = sums.leftToRight.reduce(0, +)
  func statistic(_ own: Double, _ n: Double, _ other: Double, _ m: Double, _ between: Double)
    -> Double
  {
    own / (n * (n - 1)) + other / (m * (m - 1)) - 2 * between / (n * m)
  }
  let leftOut = RunningMoments(
    sums.left.indices.map {
      statistic(
        leftSum - 2 * sums.left[$0], n - 1, rightSum, m, betweenSum - sums.leftToRight[$0])
    })
  let rightOut = RunningMoments(
    sums.right.indices.map {
      statistic(
        rightSum - 2 * sums.right[$0], m - 1, leftSum, n, betweenSum - sums.rightToLeft[$0])
    })
  let variance =
    leftOut.variance * (n - 1) * (n - 1) / n + rightOut.variance * (m - 1) * (m - 1) / m
  return Estimate(
    value: statistic(leftSum, n, rightSum, m, betweenSum), standardError: variance.squareRoot(),
    count: count)
}

/// For each point of both samples the sum of the kernel to the others.
private struct KernelSums {
  private(set) var left: [Double]
  private(set) var right: [Double]
  private(set) var leftToRight: [Double]
  private(set) var rightToLeft: [Double]

  init(_ left: Points, _ right: Points, _ kernel: GaussianKernel) {
    leftToRight = KernelSums.sums(left, right, kernel)
    rightToLeft = KernelSums.sums(right, left, kernel)
    // A point's kernel to itself is one.
    self.left = KernelSums.sums(left, left, kernel).map { $0 - 1 }
    self.right = KernelSums.sums(right, right, kernel).map { $0 - 1 }
  }

  private static func sums(_ from: Points, _ to: Points, _ kernel: GaussianKernel) -> [Double] {
    let columns = CoordinateColumns(to)
    let factors = kernel.bandwidths.map { -0.5 / ($0 * $0) }
    return (0..<from.count).map { row in
      let sum = columns.sum(from: from[row]) { squares in
        factors.reduce(SIMD4<Double>.zero) { $0 + exponential($1 * squares) }
      }
      return sum / Double(factors.count)
    }
  }
}

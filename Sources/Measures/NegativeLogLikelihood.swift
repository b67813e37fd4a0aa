// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How likely a sample is under an exact law.
public struct NegativeLogLikelihood: Sendable, Hashable, Codable {
  /// The mean of `−log p` in nats over the points where `p > 0`; NaN where there is none.
  public let mean: Estimate
  /// The number of points where the density is zero, or that are not finite: each of them would make the
  /// mean over all infinite.
  public let outside: Int

  /// - Parameter logDensity: `log p` at a point, negative infinity where `p` is zero.
  public init(of points: Points, logDensity: ([Double]) -> Double) {
    var moments = RunningMoments()
    for index in 0..<points.count {
      let point = Array(points[index])
      let value = point.allSatisfy(\.isFinite) ? -logDensity(point) : .infinity
      if value.isFinite { moments.add(value) }
    }
    mean = moments.estimate
    outside = points.count - moments.count
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// The exponent of a power law by least squares on logarithms.
public struct LogLogSlope: Sendable, Codable, Equatable {
  public let value: Double
  /// From the scatter about the line, which for exact numbers is curvature and not chance.
  public let standardError: Double

  /// - Precondition: three points or more, at different `x`; all numbers positive, or the slope is NaN.
  public init(_ points: [(x: Double, y: Double)]) {
    precondition(points.count >= 3, "a slope with an error needs three points, not \(points.count)")
    let logs = points.map { (x: log($0.x), y: log($0.y)) }
    let count = Double(logs.count)
    let center = (
      x: logs.reduce(0) { $0 + $1.x } / count, y: logs.reduce(0) { $0 + $1.y } / count
    )
    let spread = logs.reduce(0) { $0 + ($1.x - center.x) * ($1.x - center.x) }
    precondition(!(spread <= 0), "a slope needs points at different places")
    let slope = logs.reduce(0) { $0 + ($1.x - center.x) * ($1.y - center.y) } / spread
    let residual = logs.reduce(0) { total, point in
      let error = point.y - center.y - slope * (point.x - center.x)
      return total + error * error
    }
    value = slope
    standardError = (residual / (count - 2) / spread).squareRoot()
  }
}

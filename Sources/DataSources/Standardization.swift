// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// Units in which coordinates are of order one: `(x − center) / scale`.
public struct Standardization: Sendable, Hashable, Codable {
  /// What is made one.
  public enum Kind: String, CaseIterable, Sendable, Codable {
    /// Nothing: the points' own units.
    case none
    /// The deviation of each coordinate.
    case each
    /// The root mean square of all deviations, so that angles stay.
    case common
  }

  /// `d` numbers.
  public let center: [Double]
  /// `d` numbers above 0.
  public let scale: [Double]

  public init(center: [Double], scale: [Double]) {
    precondition(
      center.count == scale.count && scale.allSatisfy { $0 > 0 },
      "\(center.count) centers and the scales \(scale)")
    self.center = center
    self.scale = scale
  }

  /// The units of points, `N × d`, row-major; a coordinate that never changes keeps its own.
  public init(_ kind: Kind, of points: [Double], dimension d: Int) {
    guard kind != .none else {
      self.init(
        center: Array(repeating: 0, count: d), scale: Array(repeating: 1, count: d))
      return
    }
    let count = Double(points.count / d)
    var means = [Double](repeating: 0, count: d)
    for (index, value) in points.enumerated() { means[index % d] += value / count }
    var variances = [Double](repeating: 0, count: d)
    for (index, value) in points.enumerated() {
      let difference = value - means[index % d]
      variances[index % d] += difference * difference / count
    }
    let deviations = variances.map { $0.squareRoot() }
    switch kind {
    case .none, .each:
      self.init(center: means, scale: deviations.map { $0 > 0 ? $0 : 1 })
    case .common:
      let root = (variances.reduce(0, +) / Double(d)).squareRoot()
      self.init(center: means, scale: Array(repeating: root > 0 ? root : 1, count: d))
    }
  }

  /// The logarithm of the volume that a unit cube has in the source: a log-density of the source is that in these
  /// units less this.
  public var logVolume: Double { scale.reduce(0) { $0 + log($1) } }

  /// Points of the source in these units, row-major.
  public func standardized(_ points: [Double]) -> [Double] {
    let d = center.count
    return points.enumerated().map { ($1 - center[$0 % d]) / scale[$0 % d] }
  }

  /// Points in these units back in those of the source.
  public func undone(_ points: [Double]) -> [Double] {
    let d = center.count
    return points.enumerated().map { $1 * scale[$0 % d] + center[$0 % d] }
  }
}

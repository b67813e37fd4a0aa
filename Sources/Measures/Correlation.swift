// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// Pearson's correlation of pairs that come in groups, such as the readings of one run, with an interval that does not
/// take the pairs of a group for independent.
///
/// The interval is that of the delete-one-group jackknife of Fisher's `artanh r` (Efron and Stein, The Jackknife
/// Estimate of Variance, 1981), two standard errors wide on either side.
public struct Correlation: Sendable, Hashable, Codable {
  /// In `[−1, 1]`; NaN where one of the numbers does not vary.
  public let value: Double
  public let interval: ClosedRange<Double>
  public let groupCount: Int
  public let pairCount: Int

  /// - Precondition: three groups or more, each of a pair or more, all numbers finite.
  public init(ofGroups groups: [[(x: Double, y: Double)]]) {
    precondition(
      groups.count >= 3 && groups.allSatisfy { !$0.isEmpty },
      "a correlation of \(groups.count) groups, or of an empty one")
    let pairs = groups.flatMap { $0 }
    precondition(
      pairs.allSatisfy { $0.x.isFinite && $0.y.isFinite }, "a correlation of what is not finite")
    value = Self.pearson(pairs)
    groupCount = groups.count
    pairCount = pairs.count
    let count = Double(groups.count)
    let left = groups.indices.map { out in
      Self.transformed(
        Self.pearson(groups.indices.flatMap { $0 == out ? [] : groups[$0] }))
    }
    let mean = left.reduce(0, +) / count
    let variance = left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * (count - 1) / count
    let (center, reach) = (Self.transformed(value), 2 * variance.squareRoot())
    interval =
      reach.isFinite && center.isFinite
      ? tanh(center - reach)...tanh(center + reach) : -1...1
  }

  private static func pearson(_ pairs: [(x: Double, y: Double)]) -> Double {
    let count = Double(pairs.count)
    let (x, y) = (
      pairs.reduce(0) { $0 + $1.x } / count, pairs.reduce(0) { $0 + $1.y } / count
    )
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for pair in pairs {
      xx += (pair.x - x) * (pair.x - x)
      yy += (pair.y - y) * (pair.y - y)
      xy += (pair.x - x) * (pair.y - y)
    }
    return min(max(xy / (xx.squareRoot() * yy.squareRoot()), -1), 1)
  }

  /// `artanh r`, finite also where rounding makes `r` one.
  private static func transformed(_ r: Double) -> Double {
    atanh(min(max(r, -1 + 1e-12), 1 - 1e-12))
  }
}

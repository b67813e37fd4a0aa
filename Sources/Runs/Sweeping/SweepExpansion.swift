// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files

/// How a sweep comes from its axes to the settings it trains.
public enum SweepExpansion: Sendable, Hashable {
  /// Every value with every other.
  case grid
  /// So many times a value of each axis, drawn by chance.
  case draws(Int, seed: UInt64)

  /// How many settings there are before those that come twice are left out; nil where the number is beyond all
  /// bounds.
  func count(_ axes: [SweepAxis]) -> Int? {
    switch self {
    case .draws(let count, _): return count
    case .grid:
      return axes.reduce(1) { count, axis in
        guard let count, case .list(let values) = axis.values else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: values.count)
        return overflow ? nil : product
      }
    }
  }

  /// The settings, each a value an axis, without repetitions. The last axis of a grid changes fastest.
  func points(_ axes: [SweepAxis]) -> [[JSONValue]] {
    switch self {
    case .grid:
      return axes.reduce([[]]) { points, axis in
        guard case .list(let values) = axis.values else { return points }
        return points.flatMap { point in values.map { point + [$0] } }
      }
    case .draws(let count, let seed):
      var seen: Set<[String]> = []
      return (0..<count).map { index in axes.map { $0.draw(index, seed: seed) } }
        .filter { seen.insert($0.map(\.brief)).inserted }
    }
  }
}

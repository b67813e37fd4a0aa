// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Draws an index with given probabilities in constant time, from one uniform number (Walker's method, built as
/// by Vose).
///
/// The unit interval is cut into `K` equal columns. Each is shared by two indices at most, its own up to a
/// threshold and another beyond.
struct AliasTable: Sendable, Equatable {
  /// The share of each column that belongs to its own index.
  let thresholds: [Double]
  /// The index that has the rest.
  let aliases: [Int32]

  /// - Parameter weights: at least one, none negative, with a positive and finite sum.
  init(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    precondition(
      total > 0 && total.isFinite && weights.allSatisfy { $0 >= 0 },
      "weights are not negative and have a positive, finite sum, got \(total)")
    let count = weights.count
    var shares = weights.map { $0 / total * Double(count) }
    var aliases = (0..<Int32(count)).map { $0 }
    var small = shares.indices.filter { shares[$0] < 1 }
    var large = shares.indices.filter { shares[$0] >= 1 }
    while let poor = small.last, let rich = large.last {
      small.removeLast()
      aliases[poor] = Int32(rich)
      shares[rich] -= 1 - shares[poor]
      if shares[rich] < 1 {
        large.removeLast()
        small.append(rich)
      }
    }
    // What is left differs from full columns by rounding.
    for index in small + large { shares[index] = 1 }
    thresholds = shares
    self.aliases = aliases
  }

  /// - Parameter uniform: in [0, 1).
  func index(_ uniform: Double) -> Int32 {
    let scaled = uniform * Double(thresholds.count)
    let column = min(Int(scaled), thresholds.count - 1)
    return scaled - Double(column) < thresholds[column] ? Int32(column) : aliases[column]
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import LinearAlgebra
internal import RandomStreams

/// Which parts of two samples a kernel distance is averaged over.
public enum KernelSubsets: Sendable, Hashable, Codable {
  /// Disjoint parts of this size, or of a third of the smaller sample where that is less: they are independent, and
  /// the standard error is that of their mean.
  case blocks(size: Int = 1000)
  /// So many parts of this size drawn without replacement, each anew: the published estimate is 100 of 1,000. Parts
  /// overlap, so that the standard error, which takes them for independent, is too small where they hold most of
  /// a sample.
  case random(count: Int = 100, size: Int = 1000)
}

/// The squared maximum mean discrepancy under the kernel `k(x, y) = (xᵀy / d + 1)³`, averaged over parts of the
/// samples, each an unbiased U-statistic (KID, Bińkowski et al. 2018): for one law it averages to zero, and values
/// may lie below it.
///
/// - Throws: ``FeatureError`` for samples of different dimensions, fewer than six samples, or numbers that are not finite.
/// - Complexity: one product of `size × d` with `d × size` matrices a pair of parts, three times.
public func kernelDistance(
  _ left: Points, _ right: Points, subsets: KernelSubsets = .blocks(), seed: UInt64
) throws(FeatureError) -> Estimate {
  guard left.dimension == right.dimension else {
    throw .dimensions(left: left.dimension, right: right.dimension)
  }
  let fewest = min(left.count, right.count)
  guard fewest >= 6 else {
    throw .tooFewSamples(
      purpose: "a kernel distance", samples: fewest, needed: 6, features: left.dimension)
  }
  guard left.isFinite, right.isFinite else { throw .notFinite(purpose: "a sample") }
  let parts: (count: Int, size: Int)
  let areDisjoint: Bool
  switch subsets {
  case .blocks(let size):
    precondition(size >= 2, "blocks of \(size)")
    let kept = min(size, fewest / 3)
    parts = (fewest / kept, kept)
    areDisjoint = true
  case .random(let count, let size):
    precondition(count >= 2 && size >= 2, "\(count) parts of \(size)")
    parts = (count, min(size, fewest))
    areDisjoint = false
  }
  let leftOrder = KeyedPermutation(count: left.count, seed: seed, purpose: .kernelSubsets)
  let rightOrder = KeyedPermutation(
    count: right.count, seed: seed &+ 1, purpose: .kernelSubsets)
  func part(_ points: Points, _ order: KeyedPermutation, _ number: Int) -> DenseMatrix {
    let epoch = order.epoch(areDisjoint ? 0 : number)
    let start = areDisjoint ? number * parts.size : 0
    var matrix = DenseMatrix(rows: points.dimension, columns: parts.size)
    matrix.elements = (start..<start + parts.size).flatMap { points[epoch[$0]] }
    return matrix
  }
  var readings = RunningMoments()
  for number in 0..<parts.count {
    readings.add(
      unbiasedCubicDiscrepancy(part(left, leftOrder, number), part(right, rightOrder, number)))
  }
  return readings.estimate
}

/// The U-statistic of two samples of one size, a sample a column.
private func unbiasedCubicDiscrepancy(_ left: DenseMatrix, _ right: DenseMatrix) -> Double {
  let size = left.columns
  let scale = 1 / Double(left.rows)
  func sum(_ a: DenseMatrix, _ b: DenseMatrix, withoutDiagonal: Bool) -> Double {
    let products = a.transposed * b
    var sum = 0.0
    products.elements.withUnsafeBufferPointer { values in
      for value in values {
        let base = value * scale + 1
        sum += base * base * base
      }
      guard withoutDiagonal else { return }
      for index in 0..<size {
        let base = values[index * (size + 1)] * scale + 1
        sum -= base * base * base
      }
    }
    return sum
  }
  let pairs = Double(size) * Double(size - 1)
  return sum(left, left, withoutDiagonal: true) / pairs
    + sum(right, right, withoutDiagonal: true) / pairs
    - 2 * sum(left, right, withoutDiagonal: false) / (Double(size) * Double(size))
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Sums over the components of a ``FineMixture`` with the weights `q_k = w_k exp(−½ Σ_a (y_a − α μ_ka)²/p_a)`
/// of one point, down the tree of its blocks.
///
/// A node is passed over where its box bounds every `q_k` by `1e-18/K` of what is known of the sum: all that is left
/// out together is below `1e-18` of it. In the plane the series of a node stands for its components where what it
/// lacks is below `1e-17` of their own sum, or below `1e-17/K` of the whole. So a mean over the components errs by
/// less than `2.1e-17` times the largest distance of their values, beside rounding.
struct FineSweep {
  let mixture: FineMixture
  /// `y`, the point in the basis.
  let point: UnsafePointer<Double>
  /// `1/p`, by axis.
  let precisions: UnsafePointer<Double>
  /// `α`
  let signal: Double

  /// What a sweep found: an exponent that is nearly the largest, and `Σ q_k` divided by its exponential.
  struct Sum {
    var largest = -Double.infinity
    var total = 0.0

    /// `log Σ q_k`
    var logarithm: Double { largest + log(total) }
  }

  /// `μ̄ = Σ q_k μ_k / Σ q_k`, `d` numbers, and `log Σ q_k`.
  func mean(into out: UnsafeMutablePointer<Double>) -> Double {
    // Distances from a point among the likeliest components cancel least.
    let start = likeliestLeaf()
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { origin in
      let origin = base(origin)
      for axis in 0..<dimension {
        let corner = 2 * start * dimension + axis
        let boxes = mixture.tree.boxes
        origin[axis] = 0.5 * boxes[corner] + 0.5 * boxes[corner + dimension]
      }
      let sum = sweep(from: start, about: origin, first: out, second: nil)
      for axis in 0..<dimension { out[axis] = origin[axis] + out[axis] / sum.total }
      return sum.logarithm
    }
  }

  /// `Σ q_k (μ_k − μ̄)(μ_k − μ̄)ᵀ / Σ q_k`, row-major, for `μ̄` given: a second sweep, since moments about
  /// another point would cancel.
  func covariance(about mean: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { first in
      let sum = sweep(from: likeliestLeaf(), about: mean, first: base(first), second: out)
      for row in 0..<dimension {
        for column in 0...row {
          let value = out[row * dimension + column] / sum.total
          out[row * dimension + column] = value
          out[column * dimension + row] = value
        }
      }
    }
  }

  /// The exponents of `q_k`, in the order of the components.
  func exponents(into out: UnsafeMutablePointer<Double>) {
    withPointers { pointers in
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: groups) { exponents in
        let exponents = base(exponents)
        for block in 0..<mixture.blockCount {
          fillExponents(block, pointers, exponents)
          let first = block * FineMixture.blockSize
          for place in first..<min(first + FineMixture.blockSize, mixture.count) {
            let (group, lane) = (place - first).quotientAndRemainder(dividingBy: Lanes.scalarCount)
            out[Int(mixture.order[place])] = exponents[group][lane]
          }
        }
      }
    }
  }
}

// MARK: - Blocks

extension FineSweep {
  private var dimension: Int { mixture.dimension }
  private var groups: Int { FineMixture.groups }

  private struct Pointers {
    let logWeights: UnsafePointer<Lanes>
    let means: UnsafePointer<Lanes>
    let boxes: UnsafePointer<Double>
    let nodes: UnsafePointer<FineTree.Node>
  }

  private func withPointers<Result>(_ body: (Pointers) -> Result) -> Result {
    mixture.logWeights.withUnsafeBufferPointer { logWeights in
      mixture.means.withUnsafeBufferPointer { means in
        mixture.tree.boxes.withUnsafeBufferPointer { boxes in
          mixture.tree.nodes.withUnsafeBufferPointer { nodes in
            body(
              Pointers(
                logWeights: base(logWeights), means: base(means), boxes: base(boxes),
                nodes: base(nodes)))
          }
        }
      }
    }
  }

  /// No exponent of the node is larger.
  @inline(__always)
  private func bound(_ node: Int, _ pointers: Pointers) -> Double {
    let lower = pointers.boxes + 2 &* node &* dimension
    let upper = lower + dimension
    var distance = 0.0
    for axis in 0..<dimension {
      let below = signal * lower[axis] - point[axis]
      let above = point[axis] - signal * upper[axis]
      let gap = below > above ? below : above
      let outside = gap > 0 ? gap : 0
      distance += outside * outside * precisions[axis]
    }
    return pointers.nodes[node].largestLogWeight - 0.5 * distance
  }

  /// A leaf with likely components: down the tree by the better bound.
  private func likeliestLeaf() -> Int {
    withPointers { pointers in
      var node = 0
      while pointers.nodes[node].blockCount > 1 {
        let (left, right) = (node + 1, pointers.nodes[node + 1].next)
        node = bound(left, pointers) >= bound(right, pointers) ? left : right
      }
      return node
    }
  }

  @inline(__always)
  private func fillExponents(
    _ block: Int, _ pointers: Pointers, _ out: UnsafeMutablePointer<Lanes>
  ) {
    let means = pointers.means + block &* dimension &* groups
    let logWeights = pointers.logWeights + block &* groups
    for group in 0..<groups {
      var exponent = logWeights[group]
      for axis in 0..<dimension {
        let distance = Lanes(repeating: point[axis]) - signal * means[axis &* groups &+ group]
        exponent -= (distance * distance) * (0.5 * precisions[axis])
      }
      out[group] = exponent
    }
  }

  /// Sums of `q_k (μ_k − o)` and, where asked for, the lower half of those of `q_k (μ_k − o)(μ_k − o)ᵀ`, divided
  /// by the exponential of the largest exponent.
  private func sweep(
    from start: Int, about origin: UnsafePointer<Double>, first: UnsafeMutablePointer<Double>,
    second: UnsafeMutablePointer<Double>?
  ) -> Sum {
    first.update(repeating: 0, count: dimension)
    second?.update(repeating: 0, count: dimension * dimension)
    let sums = Sums(origin: origin, first: first, second: second)
    let (logShare, logCount) = (41.5, log(Double(mixture.count)))
    return withPointers { pointers in
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: groups) { exponents in
        let exponents = base(exponents)
        // The likeliest of some likely components measures the others from the first.
        fillExponents(pointers.nodes[start].firstBlock, pointers, exponents)
        var sum = Sum(largest: largest(exponents))
        var (known, totalKnown) = (sum.largest, 1.0)
        var node = 0
        while node < mixture.tree.nodes.count {
          let entry = pointers.nodes[node]
          if bound(node, pointers) < known - logShare - logCount {
            node = entry.next
            continue
          }
          if let series = entry.series,
            addSeries(series, node, pointers, known - logCount, &sum, sums)
          {
            node = entry.next
          } else {
            node += 1
            guard entry.blockCount == 1 else { continue }
            addBlock(entry.firstBlock, pointers, exponents, known - logShare - logCount, &sum, sums)
          }
          // A logarithm only where the sum has grown.
          if sum.largest > known || sum.total > 2 * totalKnown {
            (known, totalKnown) = (max(known, sum.logarithm), sum.total)
          }
        }
        return sum
      }
    }
  }

  /// Where sums of first and second moments go.
  private struct Sums {
    let origin: UnsafePointer<Double>
    let first: UnsafeMutablePointer<Double>
    let second: UnsafeMutablePointer<Double>?
  }

  private func largest(_ exponents: UnsafePointer<Lanes>) -> Double {
    var largest = exponents[0]
    for group in 1..<groups { largest = larger(largest, exponents[group]) }
    return largest.max()
  }

  /// - Parameter threshold: what is wholly below it does not count.
  private func addBlock(
    _ block: Int, _ pointers: Pointers, _ shares: UnsafeMutablePointer<Lanes>,
    _ threshold: Double, _ sum: inout Sum, _ sums: Sums
  ) {
    fillExponents(block, pointers, shares)
    let highest = largest(shares)
    if highest < threshold { return }
    if highest > sum.largest { rescale(&sum, to: highest, sums) }
    var total = Lanes()
    for group in 0..<groups {
      shares[group] = exponential(shares[group] - sum.largest)
      total += shares[group]
    }
    sum.total += total.sum()
    let means = pointers.means + block &* dimension &* groups
    add(shares, means, about: sums.origin, to: sums.first)
    if let second = sums.second { addProducts(shares, means, about: sums.origin, to: second) }
  }

  /// Adds the components of a node by their series; false where it would lack more than the bound allows.
  ///
  /// - Parameter known: `log(Σ q_k/K)`, or less.
  private func addSeries(
    _ series: Int, _ node: Int, _ pointers: Pointers, _ known: Double, _ sum: inout Sum,
    _ sums: Sums
  ) -> Bool {
    let box = pointers.boxes + 4 &* node
    let (lower, upper) = (SIMD2(box[0], box[1]), SIMD2(box[2], box[3]))
    let (centre, radius) = (0.5 * lower + 0.5 * upper, 0.5 * upper - 0.5 * lower)
    let scale = SIMD2(precisions[0], precisions[1]).squareRoot()
    let v = (SIMD2(point[0], point[1]) - signal * centre) * scale
    let ratio = signal * scale * radius
    let bend = -0.5 * (v.x * v.x + v.y * v.y)
    let (tail, growth) = PlaneSeries.logTail(v, ratio)
    let entry = pointers.nodes[node]
    // At least exp(−growth) of every component's weight at the centre is there.
    guard tail <= -39.2 + max(-growth, known - bend - entry.logTotal),
      let found = mixture.tree.series?.sums(series, v, ratio, withSecond: sums.second != nil)
    else { return false }
    let exponent = entry.largestLogWeight + bend
    if exponent > sum.largest { rescale(&sum, to: exponent, sums) }
    let share = exp(exponent - sum.largest)
    let offset = centre - SIMD2(sums.origin[0], sums.origin[1])
    let (x, y) = (radius.x * found.x, radius.y * found.y)
    sum.total += share * found.total
    sums.first[0] += share * (offset.x * found.total + x)
    sums.first[1] += share * (offset.y * found.total + y)
    guard let second = sums.second else { return true }
    let (xx, yy) = (radius.x * radius.x * found.xx, radius.y * radius.y * found.yy)
    second[0] += share * (offset.x * (offset.x * found.total + 2 * x) + xx)
    second[2] +=
      share
      * (offset.y * (offset.x * found.total + x) + offset.x * y + radius.x * radius.y * found.xy)
    second[3] += share * (offset.y * (offset.y * found.total + 2 * y) + yy)
    return true
  }

  private func rescale(_ sum: inout Sum, to largest: Double, _ sums: Sums) {
    let factor = exp(sum.largest - largest)
    sum.largest = largest
    sum.total *= factor
    for index in 0..<dimension { sums.first[index] *= factor }
    guard let second = sums.second else { return }
    for index in 0..<dimension * dimension { second[index] *= factor }
  }

  @inline(__always)
  private func add(
    _ shares: UnsafePointer<Lanes>, _ means: UnsafePointer<Lanes>,
    about origin: UnsafePointer<Double>, to first: UnsafeMutablePointer<Double>
  ) {
    for axis in 0..<dimension {
      let row = means + axis &* groups
      var sum = Lanes()
      for group in 0..<groups { sum += shares[group] * (row[group] - origin[axis]) }
      first[axis] += sum.sum()
    }
  }

  private func addProducts(
    _ shares: UnsafePointer<Lanes>, _ means: UnsafePointer<Lanes>,
    about origin: UnsafePointer<Double>, to second: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<dimension {
      let left = means + row &* groups
      for column in 0...row {
        let right = means + column &* groups
        var sum = Lanes()
        for group in 0..<groups {
          sum +=
            (shares[group] * (left[group] - origin[row])) * (right[group] - origin[column])
        }
        second[row &* dimension &+ column] += sum.sum()
      }
    }
  }
}

// MARK: - Eight numbers at a time

// A debug build inlines within a file alone.

/// `exp(x)` in each lane for `x ≤ 700`, within 2 units in the last place; below −700, also at −∞, it is
/// `exp(−700) ≈ 1e-304`.
///
/// The polynomial is a minimax fit and the reduction of the argument Cody and Waite's, as in the C kernels,
/// which this room does not see.
@inline(__always)
private func exponential(_ x: Lanes) -> Lanes {
  let bounded = x.replacing(with: -700, where: x .< -700)
  // Adding 1.5 · 2^52 rounds to the nearest integer n; adding 1023 more leaves the exponent field of 2^n in the
  // low bits.
  let shifted = bounded * 1.4426950408889634 + 6755399441056767.0
  let n = shifted - 6755399441056767.0
  let r = (bounded - n * 0.6931471805598903) - n * 5.497923018708371e-14
  var p = r * 2.5053782691012917e-08 + 2.762602420695425e-07
  p = p * r + 2.755740748147005e-06
  p = p * r + 2.4801505306358864e-05
  p = p * r + 0.0001984126971910946
  p = p * r + 0.0013888888931539568
  p = p * r + 0.008333333333389493
  p = p * r + 0.041666666666576826
  p = p * r + 0.16666666666666588
  p = p * r + 0.5000000000000006
  let scale = unsafeBitCast(unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &<< 52, to: Lanes.self)
  return ((p * (r * r) + r) + 1) * scale
}

/// The larger number in each lane, of numbers that are none of them NaN.
@inline(__always)
private func larger(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .> a) }

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Sums over the components of a ``FineMixture`` with the weights `q_k = w_k exp(−½ Σ_a (y_a − α μ_ka)²/p_a)`
/// of one point, block by block.
///
/// A block is passed over where its box bounds every `q_k` by `1e-18/K` of what is summed already: all that is left
/// out together is below `1e-18` of the sum, so that a mean over the components errs by less than `1e-18`
/// times the largest distance of their values.
struct FineSweep {
  let mixture: FineMixture
  /// `y`, the point in the basis.
  let point: UnsafePointer<Double>
  /// `1/p`, by axis.
  let precisions: UnsafePointer<Double>
  /// `α`
  let signal: Double

  /// What a sweep found: the largest exponent met, and `Σ q_k` divided by its exponential.
  struct Sum {
    var largest = -Double.infinity
    var total = 0.0

    /// `log Σ q_k`
    var logarithm: Double { largest + log(total) }
  }

  /// `μ̄ = Σ q_k μ_k / Σ q_k`, `d` numbers, and `log Σ q_k`.
  func mean(into out: UnsafeMutablePointer<Double>) -> Double {
    // Distances from a point among the likeliest components cancel least.
    let block = likeliestBlock()
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { origin in
      let origin = base(origin)
      for axis in 0..<dimension {
        let box = 2 * block * dimension + axis
        origin[axis] = 0.5 * mixture.boxes[box] + 0.5 * mixture.boxes[box + dimension]
      }
      let sum = sweep(from: block, about: origin, first: out, second: nil)
      for axis in 0..<dimension { out[axis] = origin[axis] + out[axis] / sum.total }
      return sum.logarithm
    }
  }

  /// `Σ q_k (μ_k − μ̄)(μ_k − μ̄)ᵀ / Σ q_k`, row-major, for `μ̄` given: a second sweep, since moments about
  /// another point would cancel.
  func covariance(about mean: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { first in
      let sum = sweep(from: likeliestBlock(), about: mean, first: base(first), second: out)
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
    let largestLogWeights: UnsafePointer<Double>
  }

  private func withPointers<Result>(_ body: (Pointers) -> Result) -> Result {
    mixture.logWeights.withUnsafeBufferPointer { logWeights in
      mixture.means.withUnsafeBufferPointer { means in
        mixture.boxes.withUnsafeBufferPointer { boxes in
          mixture.largestLogWeights.withUnsafeBufferPointer { largest in
            body(
              Pointers(
                logWeights: base(logWeights), means: base(means), boxes: base(boxes),
                largestLogWeights: base(largest)))
          }
        }
      }
    }
  }

  /// No exponent of the block is larger.
  @inline(__always)
  private func bound(_ block: Int, _ pointers: Pointers) -> Double {
    let lower = pointers.boxes + 2 &* block &* dimension
    let upper = lower + dimension
    var distance = 0.0
    for axis in 0..<dimension {
      let below = signal * lower[axis] - point[axis]
      let above = point[axis] - signal * upper[axis]
      let gap = below > above ? below : above
      let outside = gap > 0 ? gap : 0
      distance += outside * outside * precisions[axis]
    }
    return pointers.largestLogWeights[block] - 0.5 * distance
  }

  private func likeliestBlock() -> Int {
    withPointers { pointers in
      var best = (block: 0, bound: -Double.infinity)
      for block in 0..<mixture.blockCount {
        let bound = bound(block, pointers)
        if bound > best.bound { best = (block, bound) }
      }
      return best.block
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
    let margin = 41.5 + log(Double(mixture.count))
    var (threshold, sumAtThreshold) = (-Double.infinity, Sum())
    first.update(repeating: 0, count: dimension)
    second?.update(repeating: 0, count: dimension * dimension)
    var sum = Sum()
    withPointers { pointers in
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: groups) { shares in
        let shares = base(shares)
        for index in 0..<mixture.blockCount {
          // The likeliest block first: the others are measured by it.
          let block = index == 0 ? start : (index <= start ? index - 1 : index)
          if bound(block, pointers) < threshold { continue }
          fillExponents(block, pointers, shares)
          var largest = shares[0]
          for group in 1..<groups { largest = larger(largest, shares[group]) }
          let highest = largest.max()
          if highest < threshold { continue }
          if highest > sum.largest { rescale(&sum, to: highest, first, second) }
          var total = Lanes()
          for group in 0..<groups {
            shares[group] = exponential(shares[group] - sum.largest)
            total += shares[group]
          }
          sum.total += total.sum()
          // A logarithm only where the sum has grown.
          if sum.largest > sumAtThreshold.largest || sum.total > 2 * sumAtThreshold.total {
            (threshold, sumAtThreshold) = (sum.logarithm - margin, sum)
          }
          let means = pointers.means + block &* dimension &* groups
          add(shares, means, about: origin, to: first)
          if let second { addProducts(shares, means, about: origin, to: second) }
        }
      }
    }
    return sum
  }

  private func rescale(
    _ sum: inout Sum, to largest: Double, _ first: UnsafeMutablePointer<Double>,
    _ second: UnsafeMutablePointer<Double>?
  ) {
    let factor = exp(sum.largest - largest)
    sum.largest = largest
    sum.total *= factor
    for index in 0..<dimension { first[index] *= factor }
    guard let second else { return }
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

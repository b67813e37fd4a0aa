// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// The components of each node of a ``FineTree`` in the plane by the moments of their means, so that one series
/// stands for all of them where the law at a point is broad beside the node.
///
/// With `v = (y − α c)/√p` for the node's centre `c` and `u = α (μ_k − c)/√p`, the weight of a component is
/// `w_k exp(−½|v|²) exp(v·u − ½|u|²)`, whose second factor is `Σ He_i(v_x) He_j(v_y) u_x^i u_y^j / (i! j!)`: sums
/// over components are sums over their moments `m_ij = Σ w_k ξ_x^i ξ_y^j`, with `ξ = (μ_k − c)/r` in units of the
/// node's half extents. Moments with `i + j < order` are kept.
struct PlaneSeries: Sendable, Equatable {
  /// Twenty-four degrees: a series then costs as much as some sixty components.
  static let order = 24
  /// The degree from which on terms are missing in second moments; lower ones have one or two degrees more.
  static let completeOrder = order - 2
  /// Vectors of a series: rows of `m_ij` over `i`, filled up with zeros to whole vectors.
  static let size = 48

  /// `1/i`, by degree.
  private let reciprocals = (0..<order).map { 1 / Double(max($0, 1)) }
  /// Those of one node after those of another.
  private(set) var moments: [Lanes] = []

  /// The sums `Σ q_k`, `Σ q_k ξ` and, where asked for, `Σ q_k ξ ξᵀ`, with `q_k = w_k exp(v·u − ½|u|²)`.
  struct Sums {
    var total = 0.0
    var x = 0.0
    var y = 0.0
    var xx = 0.0
    var xy = 0.0
    var yy = 0.0
  }

  /// A logarithm that bounds the sum of the magnitudes of all terms of degree ``completeOrder`` or more,
  /// for `w_k` that add up to 1: `s^-n` times the sum of all terms with degree `i` times `s^i`, at the best `s`.
  @inline(__always)
  static func logTail(_ v: SIMD2<Double>, _ ratio: SIMD2<Double>) -> (tail: Double, growth: Double)
  {
    let linear = abs(v.x) * ratio.x + abs(v.y) * ratio.y
    let square = 0.5 * (ratio.x * ratio.x + ratio.y * ratio.y)
    let degree = Double(completeOrder)
    guard linear + square > 0 else { return (-.infinity, 0) }
    // Beyond these no s is of use, and the logarithm is saved.
    guard linear < 6 && square < 3 else { return (.infinity, linear + square) }
    let s = 2 * degree / (linear + (linear * linear + 8 * square * degree).squareRoot())
    return (degree - s * s * square - degree * log(s), linear + square)
  }

  /// - Parameters:
  ///   - ratio: `α r/√p`, by axis.
  func sums(
    _ series: Int, _ v: SIMD2<Double>, _ ratio: SIMD2<Double>, withSecond: Bool
  ) -> Sums {
    let order = Self.order
    // Two zeros in front: a row shifted by one or two degrees is a load from one or two numbers before.
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * (order + 2)) { memory in
      let (x, y) = (base(memory), base(memory) + order + 2)
      reciprocals.withUnsafeBufferPointer { fillTerms(v, ratio, x, y, base($0)) }
      return moments.withUnsafeBufferPointer { moments in
        var row = base(moments) + series &* Self.size
        var (plain, shifted, twice) = (Row(), Row(), Row())
        for j in 0..<order {
          let vectors = (order &- j &+ Lanes.scalarCount &- 1) / Lanes.scalarCount
          plain.add(y[j &+ 2], row, vectors)
          shifted.add(y[j &+ 1], row, vectors)
          if withSecond { twice.add(y[j], row, vectors) }
          row += vectors
        }
        var sums = Sums()
        sums.total = plain.product(x + 2)
        sums.x = plain.product(x + 1)
        sums.y = shifted.product(x + 2)
        if withSecond {
          sums.xx = plain.product(x)
          sums.xy = shifted.product(x + 1)
          sums.yy = twice.product(x + 2)
        }
        return sums
      }
    }
  }

  /// Two zeros, then `He_i(v) ratio^i / i!` by degree, for each axis.
  @inline(__always)
  private func fillTerms(
    _ v: SIMD2<Double>, _ ratio: SIMD2<Double>, _ x: UnsafeMutablePointer<Double>,
    _ y: UnsafeMutablePointer<Double>, _ reciprocals: UnsafePointer<Double>
  ) {
    let (step, square) = (v * ratio, ratio * ratio)
    var (before, last) = (SIMD2(1.0, 1), step)
    (x[0], y[0], x[1], y[1]) = (0, 0, 0, 0)
    (x[2], y[2], x[3], y[3]) = (1, 1, step.x, step.y)
    for degree in 2..<Self.order {
      var next = (step * last - square * before) * reciprocals[degree]
      // Numbers near the end of the range are slow, and nothing beside 1.
      if abs(next.x) < 1e-200 { next.x = 0 }
      if abs(next.y) < 1e-200 { next.y = 0 }
      (x[degree &+ 2], y[degree &+ 2]) = (next.x, next.y)
      (before, last) = (last, next)
    }
  }
}

/// A row of numbers over the degree in `x`.
private struct Row {
  var low = Lanes()
  var middle = Lanes()
  var high = Lanes()

  @inline(__always)
  mutating func add(_ factor: Double, _ row: UnsafePointer<Lanes>, _ vectors: Int) {
    low += factor * row[0]
    if vectors > 1 { middle += factor * row[1] }
    if vectors > 2 { high += factor * row[2] }
  }

  @inline(__always)
  func product(_ terms: UnsafePointer<Double>) -> Double {
    let raw = UnsafeRawPointer(terms)
    let size = MemoryLayout<Lanes>.size
    return
      (low * raw.loadUnaligned(as: Lanes.self)
      + middle * raw.loadUnaligned(fromByteOffset: size, as: Lanes.self)
      + high * raw.loadUnaligned(fromByteOffset: 2 * size, as: Lanes.self)).sum()
  }
}

// MARK: - Moments

/// The moments of some components about a centre, in units of half extents.
struct PlaneMoments {
  let centre: SIMD2<Double>
  let radius: SIMD2<Double>
  /// Weights are divided by the exponential of it.
  let logWeight: Double
  /// `m_ij` at `[j][i]`.
  private(set) var values: [[Double]]

  /// Those of some components.
  init(
    centre: SIMD2<Double>, radius: SIMD2<Double>, logWeight: Double,
    components: [(logWeight: Double, mean: SIMD2<Double>)]
  ) {
    self.init(centre, radius, logWeight)
    for component in components {
      let place = Self.ratio(component.mean - centre, radius)
      var left = exp(component.logWeight - logWeight)
      for j in values.indices {
        var term = left
        values[j].withUnsafeMutableBufferPointer {
          for i in $0.indices {
            $0[i] += term
            term *= place.x
          }
        }
        left *= place.y
      }
    }
  }

  /// Those of several sets of components, about one centre.
  init(
    centre: SIMD2<Double>, radius: SIMD2<Double>, logWeight: Double, parts: [PlaneMoments]
  ) {
    self.init(centre, radius, logWeight)
    for part in parts {
      let (shift, scale) = (
        Self.ratio(part.centre - centre, radius), Self.ratio(part.radius, radius)
      )
      let (along, across) = (
        Self.powers(shift.x, scale.x), Self.powers(shift.y, scale.y)
      )
      let weight = exp(part.logWeight - logWeight)
      // First the powers in x of every row, then rows among each other.
      let rows = part.values.map { row in
        row.indices.map { i in (0...i).reduce(0) { $0 + along[i][$1] * row[$1] } }
      }
      for j in values.indices {
        for k in 0...j {
          let factor = weight * across[j][k]
          for i in values[j].indices { values[j][i] += factor * rows[k][i] }
        }
      }
    }
  }

  private init(_ centre: SIMD2<Double>, _ radius: SIMD2<Double>, _ logWeight: Double) {
    self.centre = centre
    self.radius = radius
    self.logWeight = logWeight
    values = (0..<PlaneSeries.order).map { Array(repeating: 0, count: PlaneSeries.order - $0) }
  }

  /// `numerator/radius`; 0 where all lie in one place.
  private static func ratio(_ numerator: SIMD2<Double>, _ radius: SIMD2<Double>) -> SIMD2<Double> {
    (numerator / radius).replacing(with: 0, where: radius .== 0)
  }

  /// The coefficients of `(shift + scale ξ)^i` by the power of `ξ`.
  private static func powers(_ shift: Double, _ scale: Double) -> [[Double]] {
    var powers = [[1.0]]
    for degree in 1..<PlaneSeries.order {
      let last = powers[degree - 1]
      powers.append(
        (0...degree).map {
          ($0 < degree ? shift * last[$0] : 0) + ($0 > 0 ? scale * last[$0 - 1] : 0)
        })
    }
    return powers
  }
}

extension PlaneSeries {
  mutating func append(_ node: PlaneMoments) {
    for row in node.values {
      for first in stride(from: 0, to: row.count, by: Lanes.scalarCount) {
        var lanes = Lanes()
        for lane in 0..<min(Lanes.scalarCount, row.count - first) {
          lanes[lane] = row[first + lane]
        }
        moments.append(lanes)
      }
    }
  }
}

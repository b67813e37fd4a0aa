// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The points of a sample coordinate by coordinate, filled up to whole groups of four, so that a function of
/// the squared distances from a point to all of them is computed four at a time.
struct CoordinateColumns {
  let count: Int
  private let dimension: Int
  private let groups: Int
  /// `dimension × groups` groups of four.
  private let coordinates: [SIMD4<Double>]

  init(_ points: Points) {
    count = points.count
    dimension = points.dimension
    groups = (points.count + 3) / 4
    var coordinates = [SIMD4<Double>](repeating: .zero, count: points.dimension * groups)
    for point in 0..<points.count {
      for (axis, value) in points[point].enumerated() {
        coordinates[axis * groups + point / 4][point % 4] = value
      }
    }
    self.coordinates = coordinates
  }

  /// Calls `body` with the number of each group of four and its squared distances from a point.
  @inline(__always)
  func forEach(from point: ArraySlice<Double>, _ body: (Int, SIMD4<Double>) -> Void) {
    point.withUnsafeBufferPointer { point in
      coordinates.withUnsafeBufferPointer { coordinates in
        for group in 0..<groups {
          var squares = SIMD4<Double>.zero
          for axis in 0..<dimension {
            let difference = coordinates[axis &* groups &+ group] - point[axis]
            squares += difference * difference
          }
          body(group, squares)
        }
      }
    }
  }

  /// `Σ_j f(|x − y_j|²)`.
  @inline(__always)
  func sum(from point: ArraySlice<Double>, _ function: (SIMD4<Double>) -> SIMD4<Double>) -> Double {
    var sums = SIMD4<Double>.zero
    let last = count % 4
    forEach(from: point) { group, squares in
      var values = function(squares)
      if last != 0 && group == groups - 1 {
        for lane in last..<4 { values[lane] = 0 }
      }
      sums += values
    }
    return sums.sum()
  }
}

/// `exp(x)` for `x ≤ 700`, to two units in the last place; zero below −700.
///
/// The argument is reduced to `|r| ≤ ½ log 2`, where twelve terms of the series suffice.
@inline(__always)
func exponential(_ x: SIMD4<Double>) -> SIMD4<Double> {
  let bounded = x.clamped(
    lowerBound: SIMD4(repeating: -700), upperBound: SIMD4(repeating: 700))
  // Adding 1.5 · 2^52 rounds to an integer and leaves it in the low bits.
  let shift = SIMD4<Double>(repeating: 0x1.8p52)
  let shifted = bounded * 1.4426950408889634074 + shift
  let integer = shifted - shift
  let r = (bounded - integer * 0x1.62e42fefa3800p-1) - integer * 0x1.ef35793c76730p-45
  var sum = SIMD4<Double>(repeating: 1 / 479_001_600.0)
  sum = sum * r + 1 / 39_916_800.0
  sum = sum * r + 1 / 3_628_800.0
  sum = sum * r + 1 / 362_880.0
  sum = sum * r + 1 / 40320.0
  sum = sum * r + 1 / 5040.0
  sum = sum * r + 1 / 720.0
  sum = sum * r + 1 / 120.0
  sum = sum * r + 1 / 24.0
  sum = sum * r + 1 / 6.0
  sum = sum * r + 0.5
  sum = sum * r + 1
  sum = sum * r + 1
  let bits =
    unsafeBitCast(shifted, to: SIMD4<Int64>.self)
    &- unsafeBitCast(shift, to: SIMD4<Int64>.self)
  let scale = unsafeBitCast((bits &+ 1023) &<< 52, to: SIMD4<Double>.self)
  return (sum * scale).replacing(with: 0, where: x .< -700)
}

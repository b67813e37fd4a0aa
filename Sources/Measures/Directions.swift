// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Unit vectors on which samples are projected.
public struct Directions: Sendable, Hashable {
  /// The unit vectors, one a row.
  public let vectors: Points

  /// Directions along the given vectors, which are normalised and must not be zero.
  public init(along vectors: Points) {
    let rows = (0..<vectors.count).flatMap { row -> [Double] in
      let length = vectors[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      precondition(length > 0 && length.isFinite, "Direction \(row) has length \(length).")
      return vectors[row].map { $0 / length }
    }
    self.vectors = Points(rows, dimension: vectors.dimension)
  }

  /// Directions in the plane at the given angles in radians.
  public init(angles: [Double]) {
    self.vectors = Points(angles.flatMap { [cos($0), sin($0)] }, dimension: 2)
  }

  /// `count` directions in the plane, evenly spaced over the half circle.
  ///
  /// Opposite directions give the same projection distances, so the half circle is all of them; the
  /// average over evenly spaced ones converges faster than over random ones.
  public static func evenlySpaced(count: Int) -> Directions {
    precondition(count >= 1, "At least one direction is needed, not \(count).")
    return Directions(
      angles: (0..<count).map { (Double($0) + 0.5) * Double.pi / Double(count) })
  }

  /// `count` independent directions, uniform on the sphere of the given dimension.
  public static func random(
    count: Int, dimension: Int, using generator: inout some RandomNumberGenerator
  ) -> Directions {
    precondition(count >= 1, "At least one direction is needed, not \(count).")
    var rows: [Double] = []
    rows.reserveCapacity(count * dimension)
    while rows.count < count * dimension {
      let row = (0..<dimension).map { _ in standardNormal(using: &generator) }
      // A generator stuck at one value must not give a vector without a direction.
      rows += row.contains { $0 != 0 } ? row : [1] + Array(repeating: 0, count: dimension - 1)
    }
    return Directions(along: Points(rows, dimension: dimension))
  }
}

/// One standard normal number, by the method of Box and Muller.
private func standardNormal(using generator: inout some RandomNumberGenerator) -> Double {
  let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
  return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &generator))
}

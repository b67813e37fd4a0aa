// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import LinearAlgebra

/// A plane through a point of parameter space, with two orthogonal axes.
public struct ParameterPlane: Sendable, Equatable {
  /// The point of coordinates (0, 0).
  public let center: [Double]
  /// Unit vectors, orthogonal to each other.
  public let axes: [[Double]]
  /// How far in parameter space one unit of each coordinate is.
  public let unitLengths: [Double]

  /// A plane spanned by two vectors: the first axis along the first, the second along what the second has
  /// left beside it (Gram–Schmidt, twice).
  ///
  /// - Parameter keepsLengths: whether a unit of a coordinate is the length of its vector, as for
  ///   filter-normalised directions, instead of 1.
  /// - Throws: ``PlaneError`` for vectors of another length than the centre, zero, not finite, or parallel: at
  ///   an angle whose sine is below 1e-6.
  public init(
    center: [Double], first: [Double], second: [Double], keepsLengths: Bool = false
  ) throws(PlaneError) {
    for (name, vector) in [("first", first), ("second", second)] {
      guard vector.count == center.count else {
        throw .lengthMismatch(vector: name, expected: center.count, found: vector.count)
      }
      guard vector.allSatisfy(\.isFinite) else { throw .notFinite(vector: name) }
      guard vector.contains(where: { $0 != 0 }) else { throw .zeroDirection(vector: name) }
    }
    guard center.allSatisfy(\.isFinite) else { throw .notFinite(vector: "centre") }
    let axis = unit(first)
    var other = unit(second)
    for _ in 0..<2 {
      let share = dotProduct(axis, other)
      other = zip(other, axis).map { $0 - share * $1 }
    }
    let sine = norm(other)
    guard sine >= 1e-6 else { throw .parallelDirections(sine: sine) }
    self.center = center
    axes = [axis, unit(other)]
    unitLengths = keepsLengths ? [length(first), length(second)] : [1, 1]
  }

  /// The parameters at two coordinates.
  public func point(_ first: Double, _ second: Double) -> [Double] {
    var result = center
    write(first, second, into: &result)
    return result
  }

  /// Writes the parameters at two coordinates over `result`, without allocation.
  public func write(_ first: Double, _ second: Double, into result: inout [Double]) {
    precondition(
      result.count == center.count, "\(center.count) parameters do not fit \(result.count)")
    let (a, b) = (first * unitLengths[0], second * unitLengths[1])
    let (left, right) = (axes[0], axes[1])
    for index in result.indices {
      result[index] = center[index] + a * left[index] + b * right[index]
    }
  }

  /// A point of parameter space seen from the plane.
  public struct Projection: Sendable, Equatable {
    /// The coordinates of the nearest point of the plane.
    public let first: Double
    public let second: Double
    /// The distance from that point, in parameter space.
    public let distance: Double
  }

  /// The nearest point of the plane.
  public func projection(of parameters: [Double]) -> Projection {
    precondition(
      parameters.count == center.count,
      "\(parameters.count) parameters beside \(center.count) of the plane")
    var rest = zip(parameters, center).map { $0 - $1 }
    var coordinates = [0.0, 0]
    for _ in 0..<2 {
      for (index, axis) in axes.enumerated() {
        let share = dotProduct(axis, rest)
        coordinates[index] += share
        for place in rest.indices { rest[place] -= share * axis[place] }
      }
    }
    return Projection(
      first: coordinates[0] / unitLengths[0], second: coordinates[1] / unitLengths[1],
      distance: norm(rest))
  }
}

/// Why two vectors span no plane.
public enum PlaneError: Error, Equatable, Sendable, CustomStringConvertible {
  case lengthMismatch(vector: String, expected: Int, found: Int)
  case notFinite(vector: String)
  case zeroDirection(vector: String)
  case parallelDirections(sine: Double)
  /// A path has fewer points than a plane needs, or lies on a line.
  case flatPath(points: Int, secondExtent: Double)

  public var description: String {
    switch self {
    case .lengthMismatch(let vector, let expected, let found):
      return "the \(vector) vector of a plane must have \(expected) entries, found \(found)"
    case .notFinite(let vector):
      return "the \(vector) vector of a plane has entries that are not finite"
    case .zeroDirection(let vector):
      return "the \(vector) vector of a plane is zero; it must have a direction"
    case .parallelDirections(let sine):
      return "the two vectors of a plane are parallel: the sine of their angle is \(sine), and at "
        + "least 1e-06 is needed"
    case .flatPath(let points, let extent):
      return "a path of \(points) points spans no plane: its extent in the second direction is "
        + "\(extent) of the first; at least 1e-06 and three points are needed"
    }
  }
}

/// The length of a vector, without overflow or underflow.
func length(_ vector: [Double]) -> Double {
  let largest = vector.map(\.magnitude).max() ?? 0
  guard largest > 0 else { return 0 }
  return largest * norm(vector.map { $0 / largest })
}

/// A vector that is not zero, scaled to length 1.
private func unit(_ vector: [Double]) -> [Double] {
  let largest = vector.map(\.magnitude).max() ?? 1
  let scaled = vector.map { $0 / largest }
  let length = norm(scaled)
  return scaled.map { $0 / length }
}

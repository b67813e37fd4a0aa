// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The extents of a tensor, outermost first. The empty shape `[]` is a scalar.
///
/// Extents are positive; arrays are row-major, so the last extent varies fastest in memory.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let dimensions: [Int]

  /// - Precondition: every extent is at least 1.
  public init(_ dimensions: [Int]) {
    precondition(
      dimensions.allSatisfy { $0 > 0 }, "a shape has positive extents, got \(dimensions)")
    self.dimensions = dimensions
  }

  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  public static let scalar: Shape = []

  public var rank: Int { dimensions.count }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }

  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// Row-major strides in elements, one per axis.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }

  /// The shape of an elementwise operation on `self` and `other`: axes are aligned from the last
  /// one, and an extent of 1 stretches. `nil` if some pair of extents is neither equal nor 1.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let left = axis < rank - self.rank ? 1 : dimensions[axis - (rank - self.rank)]
      let right = axis < rank - other.rank ? 1 : other.dimensions[axis - (rank - other.rank)]
      guard left == right || left == 1 || right == 1 else { return nil }
      result[axis] = max(left, right)
    }
    return Shape(result)
  }

  /// The shape left when `axes` are removed.
  func removing(axes: [Int]) -> Shape {
    Shape(dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }

  /// The shape left when `axes` have extent 1.
  func flattening(axes: [Int]) -> Shape {
    Shape(dimensions.indices.map { axes.contains($0) ? 1 : dimensions[$0] })
  }

  func replacing(axis: Int, with extent: Int) -> Shape {
    var dimensions = dimensions
    dimensions[axis] = extent
    return Shape(dimensions)
  }
}

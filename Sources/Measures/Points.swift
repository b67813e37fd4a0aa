// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A sample: points of one dimension, stored row by row.
public struct Points: Sendable, Hashable {
  /// The coordinates, `count` rows of `dimension` values.
  public let values: [Double]

  /// The number of coordinates of a point, at least 1.
  public let dimension: Int

  /// The number of points.
  public var count: Int { values.count / dimension }

  /// Points from `count * dimension` values, row by row.
  public init(_ values: [Double], dimension: Int) {
    precondition(dimension >= 1, "Points need at least one dimension, not \(dimension).")
    precondition(
      values.count.isMultiple(of: dimension),
      "\(values.count) values are not whole points of dimension \(dimension).")
    self.values = values
    self.dimension = dimension
  }

  /// The coordinates of one point.
  public subscript(index: Int) -> ArraySlice<Double> {
    values[index * dimension..<(index + 1) * dimension]
  }

  /// Whether every coordinate is finite. Distances to a sample that is not are NaN.
  public var isFinite: Bool { values.allSatisfy(\.isFinite) }

  /// The coordinates dimension by dimension, the layout in which loops over points are contiguous.
  func columns() -> [Double] {
    var columns = [Double](repeating: 0, count: values.count)
    let count = count
    for point in 0..<count {
      for axis in 0..<dimension {
        columns[axis * count + point] = values[point * dimension + axis]
      }
    }
    return columns
  }
}

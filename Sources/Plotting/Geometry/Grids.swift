// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Numbers at the nodes of a regular grid; the first and last nodes lie on the ends of the ranges.
public struct ScalarGrid: Sendable, Hashable, Codable {
  /// The horizontal coordinates of the first and last column of nodes.
  public let x: ClosedRange<Double>
  /// The vertical coordinates of the first and last row of nodes.
  public let y: ClosedRange<Double>
  /// The number of nodes in a row.
  public let columns: Int
  /// The number of rows.
  public let rows: Int
  /// `rows * columns` numbers, row by row from the lowest y; one that is not finite is left blank.
  public let values: [Double]

  /// A grid from its values, row by row from the lowest y.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int, values: [Double]
  ) {
    precondition(columns >= 2 && rows >= 2, "a grid needs at least 2 x 2 nodes")
    precondition(
      values.count == columns * rows,
      "a grid of \(columns) x \(rows) nodes needs \(columns * rows) values, not \(values.count)")
    self.x = x
    self.y = y
    self.columns = columns
    self.rows = rows
    self.values = values
  }

  /// A grid of the values of a function at the nodes.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int,
    _ function: (_ x: Double, _ y: Double) -> Double
  ) {
    let values = (0..<rows).flatMap { row in
      (0..<columns).map { column in
        function(
          gridCoordinate(column, of: columns, in: x), gridCoordinate(row, of: rows, in: y))
      }
    }
    self.init(x: x, y: y, columns: columns, rows: rows, values: values)
  }

  /// The value at a node.
  public subscript(column: Int, row: Int) -> Double { values[row * columns + column] }

  /// The horizontal coordinate of a column of nodes.
  public func x(ofColumn column: Int) -> Double { gridCoordinate(column, of: columns, in: x) }

  /// The vertical coordinate of a row of nodes.
  public func y(ofRow row: Int) -> Double { gridCoordinate(row, of: rows, in: y) }

  /// The bilinear interpolant at fractional node indices, each limited to the grid; not a number
  /// where a node that takes part is not finite.
  func interpolated(column: Double, row: Double) -> Double {
    GridPlace(column: column, row: row, columns: columns, rows: rows).interpolated(values)
  }
}

/// Vectors at the nodes of a regular grid; the first and last nodes lie on the ends of the ranges.
public struct VectorGrid: Sendable, Hashable, Codable {
  /// The horizontal coordinates of the first and last column of nodes.
  public let x: ClosedRange<Double>
  /// The vertical coordinates of the first and last row of nodes.
  public let y: ClosedRange<Double>
  /// The number of nodes in a row.
  public let columns: Int
  /// The number of rows.
  public let rows: Int
  /// The horizontal components, row by row from the lowest y.
  public let u: [Double]
  /// The vertical components, row by row from the lowest y.
  public let v: [Double]

  /// A grid from the components, row by row from the lowest y.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int, u: [Double],
    v: [Double]
  ) {
    precondition(columns >= 2 && rows >= 2, "a grid needs at least 2 x 2 nodes")
    precondition(
      u.count == columns * rows && v.count == columns * rows,
      "a grid of \(columns) x \(rows) nodes needs as many vectors, not \(u.count) and \(v.count)")
    self.x = x
    self.y = y
    self.columns = columns
    self.rows = rows
    self.u = u
    self.v = v
  }

  /// A grid of the values of a vector field at the nodes.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int,
    _ field: (_ x: Double, _ y: Double) -> (u: Double, v: Double)
  ) {
    let vectors = (0..<rows).flatMap { row in
      (0..<columns).map { column in
        field(gridCoordinate(column, of: columns, in: x), gridCoordinate(row, of: rows, in: y))
      }
    }
    self.init(
      x: x, y: y, columns: columns, rows: rows, u: vectors.map(\.u), v: vectors.map(\.v))
  }

  /// The bilinear interpolant at a point, or `nil` outside the grid or beside a node that is not
  /// finite.
  func interpolated(at point: PlotPoint) -> (u: Double, v: Double)? {
    let column = (point.x - x.lowerBound) / (x.upperBound - x.lowerBound) * Double(columns - 1)
    let row = (point.y - y.lowerBound) / (y.upperBound - y.lowerBound) * Double(rows - 1)
    guard column >= 0, row >= 0, column <= Double(columns - 1), row <= Double(rows - 1) else {
      return nil
    }
    let place = GridPlace(column: column, row: row, columns: columns, rows: rows)
    let vector = (u: place.interpolated(u), v: place.interpolated(v))
    return vector.u.isFinite && vector.v.isFinite ? vector : nil
  }
}

/// The coordinate of a node among `count` equally spaced ones.
private func gridCoordinate(_ index: Int, of count: Int, in range: ClosedRange<Double>) -> Double {
  let fraction = Double(index) / Double(count - 1)
  return range.lowerBound * (1 - fraction) + range.upperBound * fraction
}

/// A place within a cell of a grid, with the bilinear weights of the cell's corners.
private struct GridPlace {
  let corner: Int
  let columns: Int
  let across: Double
  let up: Double

  init(column: Double, row: Double, columns: Int, rows: Int) {
    let column = min(max(column, 0), Double(columns - 1))
    let row = min(max(row, 0), Double(rows - 1))
    let left = min(Int(column), columns - 2)
    let bottom = min(Int(row), rows - 2)
    corner = bottom * columns + left
    self.columns = columns
    across = column - Double(left)
    up = row - Double(bottom)
  }

  func interpolated(_ values: [Double]) -> Double {
    let weighted = [
      (values[corner], (1 - across) * (1 - up)), (values[corner + 1], across * (1 - up)),
      (values[corner + columns], (1 - across) * up),
      (values[corner + columns + 1], across * up),
    ]
    return weighted.reduce(0) { $1.1 == 0 ? $0 : $0 + $1.0 * $1.1 }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The image of a rectangular grid under a map of the plane: both families of its lines.
public struct DeformedGrid: Sendable, Hashable, Codable {
  /// The number of nodes along a line of the first family.
  public var columns: Int
  /// The number of nodes along a line of the second family.
  public var rows: Int
  /// The images of the nodes, row by row.
  public var nodes: [PlotPoint]
  /// Every so many nodes carry a line; the nodes between only bend it.
  public var stride: Int
  /// The style of the rows.
  public var rowStroke: StrokeStyle
  /// The style of the columns.
  public var columnStroke: StrokeStyle

  /// The image of a grid from the images of its nodes, row by row.
  public init(
    columns: Int, rows: Int, nodes: [PlotPoint], stride: Int = 1,
    rowStroke: StrokeStyle = StrokeStyle(Palette.blue, width: 0.7),
    columnStroke: StrokeStyle = StrokeStyle(Palette.vermilion, width: 0.7)
  ) {
    precondition(columns >= 2 && rows >= 2, "a grid needs at least 2 x 2 nodes")
    precondition(
      nodes.count == columns * rows,
      "a grid of \(columns) x \(rows) nodes needs \(columns * rows) points, not \(nodes.count)")
    precondition(stride > 0, "the stride between lines must be positive")
    self.columns = columns
    self.rows = rows
    self.nodes = nodes
    self.stride = stride
    self.rowStroke = rowStroke
    self.columnStroke = columnStroke
  }
}

extension DeformedGrid: LayerContent {
  func include(in extent: inout PlotExtent) { extent.include(nodes) }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let rowLines = Swift.stride(from: 0, to: rows, by: stride).map { row in
      Array(nodes[(row * columns)..<((row + 1) * columns)])
    }
    let columnLines = Swift.stride(from: 0, to: columns, by: stride).map { column in
      (0..<rows).map { nodes[$0 * columns + column] }
    }
    for (lines, style) in [(rowLines, rowStroke), (columnLines, columnStroke)] {
      let stretches = lines.flatMap(mapping.stretches)
      if !stretches.isEmpty { canvas.stroke(stretches, closed: false, style: style) }
    }
  }
}

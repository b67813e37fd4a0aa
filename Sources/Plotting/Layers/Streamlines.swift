// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Evenly spaced lines along a vector field, with an arrow on each.
public struct Streamlines: Sendable, Hashable, Codable {
  /// The vector field.
  public var grid: VectorGrid
  /// The distance between neighbouring lines as a fraction of the grid's side, in (0, 1).
  public var separation: Double
  /// The style of the lines.
  public var stroke: StrokeStyle
  /// The label in the legend; none leaves the lines out of it.
  public var label: String?

  /// Evenly spaced lines along a vector field.
  public init(
    grid: VectorGrid, separation: Double = 0.06,
    stroke: StrokeStyle = StrokeStyle(Color(gray: 0.25), width: 0.8), label: String? = nil
  ) {
    self.grid = grid
    self.separation = separation
    self.stroke = stroke
    self.label = label
  }
}

extension Streamlines: LayerContent {
  func include(in extent: inout PlotExtent) {
    extent.include(x: grid.x, y: grid.y)
    extent.isFilled = true
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let lines = StreamlineTracing.lines(of: grid, separation: separation)
      .flatMap(mapping.stretches)
    guard !lines.isEmpty else { return }
    canvas.stroke(lines, closed: false, style: stroke)
    let heads = lines.compactMap { line -> [PlotPoint]? in
      let middle = line.count / 2
      guard middle > 0 else { return nil }
      return Arrowhead.polygon(
        tail: line[middle - 1], tip: line[middle], length: 3 + 2 * stroke.width)
    }
    canvas.fill(heads, color: stroke.color)
  }

  var legendEntry: LegendEntry? { label.map { LegendEntry($0, .line(stroke, marker: nil)) } }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A filled polygon.
public struct Polygon: Sendable, Hashable, Codable {
  /// The corners, in data coordinates.
  public var points: [PlotPoint]
  /// The fill; none leaves the inside open.
  public var fill: Color?
  /// The outline; none draws no outline.
  public var stroke: StrokeStyle?
  /// The label in the legend; none leaves the polygon out of it.
  public var label: String?

  /// A polygon with a fill, an outline, or both.
  public init(
    _ points: [PlotPoint], fill: Color? = nil, stroke: StrokeStyle? = nil, label: String? = nil
  ) {
    self.points = points
    self.fill = fill
    self.stroke = stroke
    self.label = label
  }
}

extension Polygon: LayerContent {
  func include(in extent: inout PlotExtent) { extent.include(points) }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let corners = mapping.polygon(points)
    if let fill, corners.count > 2 { canvas.fill([corners], color: fill) }
    guard let stroke, let first = points.first else { return }
    let outline = mapping.stretches(points + [first])
    if !outline.isEmpty { canvas.stroke(outline, closed: false, style: stroke) }
  }

  var legendEntry: LegendEntry? {
    guard let label else { return nil }
    if let fill { return LegendEntry(label, .patch(fill)) }
    return stroke.map { LegendEntry(label, .line($0, marker: nil)) }
  }

  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] {
    let corners = mapping.polygon(points)
    return Legend.samples(along: corners + corners.prefix(1))
  }
}

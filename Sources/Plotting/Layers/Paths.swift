// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Any number of polylines in one style: trajectories, for example.
public struct Paths: Sendable, Hashable, Codable {
  /// The vertices of each polyline.
  public var paths: [[PlotPoint]]
  /// The style of the lines.
  public var stroke: StrokeStyle
  /// The marker at the first vertex of each; none draws none.
  public var startMarker: Marker?
  /// The marker at the last vertex of each; none draws none.
  public var endMarker: Marker?
  /// The label in the legend; none leaves the lines out of it.
  public var label: String?

  /// Polylines in one style.
  public init(
    _ paths: [[PlotPoint]], stroke: StrokeStyle, startMarker: Marker? = nil,
    endMarker: Marker? = nil, label: String? = nil
  ) {
    self.paths = paths
    self.stroke = stroke
    self.startMarker = startMarker
    self.endMarker = endMarker
    self.label = label
  }
}

extension Paths: LayerContent {
  func include(in extent: inout PlotExtent) {
    for path in paths { extent.include(path) }
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    // One stroke for each path: crossings of translucent paths show as density.
    for path in paths {
      let stretches = mapping.stretches(path)
      if !stretches.isEmpty { canvas.stroke(stretches, closed: false, style: stroke) }
    }
    let color = stroke.color.opacity(1)
    for (marker, ends) in [(startMarker, paths.map(\.first)), (endMarker, paths.map(\.last))] {
      guard let marker else { continue }
      let centers = ends.compactMap { $0 }.compactMap { mapping.point($0.x, $0.y) }
        .filter(mapping.isNearFrame)
      if !centers.isEmpty { canvas.drawMarkers(marker, at: centers, colors: [color]) }
    }
  }

  var legendEntry: LegendEntry? {
    label.map { label in
      var style = stroke
      style.color = style.color.opacity(1)
      return LegendEntry(label, .line(style, marker: nil))
    }
  }

  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] {
    paths.flatMap { mapping.stretches($0).flatMap(Legend.samples(along:)) }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Markers at data, in one colour or coloured by a number each.
public struct Scatter: Sendable, Hashable, Codable {
  /// The horizontal coordinates.
  public var x: [Double]
  /// The vertical coordinates, as many as `x`.
  public var y: [Double]
  /// The shape and size of the markers.
  public var marker: Marker
  /// The colour of all markers, opacity included, unless `values` gives each its own.
  public var color: Color
  /// A number for each marker, shown by colour.
  public var values: [Double]?
  /// The colours of `values`.
  public var colors: ColorScale?
  /// The label in the legend; none leaves the markers out of it.
  public var label: String?

  /// Markers in one colour.
  public init(
    x: [Double], y: [Double], color: Color, marker: Marker = Marker(.circle, size: 3),
    label: String? = nil
  ) {
    precondition(x.count == y.count, "markers need as many x (\(x.count)) as y (\(y.count))")
    self.x = x
    self.y = y
    self.color = color
    self.marker = marker
    self.label = label
  }

  /// Markers coloured by a number each.
  public init(
    x: [Double], y: [Double], values: [Double], colors: ColorScale = ColorScale(),
    marker: Marker = Marker(.circle, size: 3)
  ) {
    self.init(x: x, y: y, color: .gray, marker: marker)
    precondition(values.count == x.count, "markers need one value each")
    self.values = values
    self.colors = colors
  }
}

extension Scatter: LayerContent {
  func include(in extent: inout PlotExtent) {
    for (x, y) in zip(x, y) { extent.include(x, y) }
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let scale = colorScale
    var centers: [PlotPoint] = []
    var markerColors: [Color] = []
    for index in x.indices {
      guard let center = mapping.point(x[index], y[index]), mapping.isNearFrame(center) else {
        continue
      }
      centers.append(center)
      guard let scale, let values else { continue }
      markerColors.append(scale.color(of: values[index]))
    }
    guard !centers.isEmpty else { return }
    canvas.drawMarkers(
      marker, at: centers, colors: markerColors.isEmpty ? [color] : markerColors)
  }

  var legendEntry: LegendEntry? {
    // A translucent dot on its own is too faint to name a colour.
    label.map {
      LegendEntry(
        $0, .marker(Marker(marker.shape, size: max(marker.size, 5)), color: color.opacity(1)))
    }
  }

  var colorScale: ResolvedColorScale? {
    guard let values, let colors else { return nil }
    return colors.resolved(for: values)
  }

  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] {
    zip(x, y).compactMap { mapping.point($0, $1) }
  }
}

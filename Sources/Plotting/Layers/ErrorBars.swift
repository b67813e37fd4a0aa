// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Upright error bars with caps, and a marker on each datum.
public struct ErrorBars: Sendable, Hashable, Codable {
  private static let capWidth = 5.0

  /// The horizontal coordinates.
  public var x: [Double]
  /// The vertical coordinates, as many as `x`.
  public var y: [Double]
  /// The half-lengths of the bars, as many as `x`.
  public var errors: [Double]
  /// The style of the bars.
  public var stroke: StrokeStyle
  /// The marker on each datum; none draws none.
  public var marker: Marker?
  /// The label in the legend; none leaves the bars out of it.
  public var label: String?

  /// Error bars of half-length `errors` about (x, y).
  public init(
    x: [Double], y: [Double], errors: [Double], color: Color, width: Double = 1,
    marker: Marker? = Marker(), label: String? = nil
  ) {
    precondition(
      x.count == y.count && x.count == errors.count,
      "error bars need as many y (\(y.count)) and errors (\(errors.count)) as x (\(x.count))")
    self.x = x
    self.y = y
    self.errors = errors
    stroke = StrokeStyle(color, width: width)
    self.marker = marker
    self.label = label
  }
}

extension ErrorBars: LayerContent {
  func include(in extent: inout PlotExtent) {
    for index in x.indices where x[index].isFinite && y[index].isFinite {
      extent.include(x[index], y[index])
      extent.y.include(y[index] + errors[index])
      extent.y.includeLowerMargin(y[index] - errors[index])
    }
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let half = ErrorBars.capWidth / 2
    var lines: [[PlotPoint]] = []
    var centers: [PlotPoint] = []
    for index in x.indices {
      guard let center = mapping.point(x[index], y[index]), mapping.isNearFrame(center) else {
        continue
      }
      centers.append(center)
      guard let top = mapping.point(x[index], y[index] + errors[index]), errors[index] > 0 else {
        continue
      }
      // A bar that reaches past zero on a logarithmic axis runs off the bottom, without a cap.
      let bottom = mapping.point(x[index], y[index] - errors[index])
      let floor = PlotPoint(x: center.x, y: mapping.bounds.maxY)
      lines += Clipping.polyline([top, bottom ?? floor], to: mapping.bounds)
      for end in [top, bottom].compactMap({ $0 }) where mapping.isNearFrame(end) {
        lines.append([PlotPoint(x: end.x - half, y: end.y), PlotPoint(x: end.x + half, y: end.y)])
      }
    }
    if !lines.isEmpty { canvas.stroke(lines, closed: false, style: stroke) }
    if let marker, !centers.isEmpty {
      canvas.drawMarkers(marker, at: centers, colors: [stroke.color])
    }
  }

  var legendEntry: LegendEntry? { label.map { LegendEntry($0, .line(stroke, marker: marker)) } }

  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] {
    zip(x, y).compactMap { mapping.point($0, $1) }
  }
}

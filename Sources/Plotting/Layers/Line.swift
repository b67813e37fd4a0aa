// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A line through data, optionally with an error band and markers.
public struct Line: Sendable, Hashable, Codable {
  /// The horizontal coordinates.
  public var x: [Double]
  /// The vertical coordinates, as many as `x`.
  public var y: [Double]
  /// The style of the line.
  public var stroke: StrokeStyle
  /// The lower edge of the error band, as many as `x`; none draws no band.
  public var lower: [Double]?
  /// The upper edge of the error band, as many as `x`.
  public var upper: [Double]?
  /// The marker at each datum; none draws the line alone.
  public var marker: Marker?
  /// The label in the legend; none leaves the line out of it.
  public var label: String?

  /// A line through (x, y).
  public init(
    x: [Double], y: [Double], color: Color, width: Double = 1.6, dash: Dash = .solid,
    marker: Marker? = nil, label: String? = nil
  ) {
    precondition(x.count == y.count, "a line needs as many x (\(x.count)) as y (\(y.count))")
    self.x = x
    self.y = y
    stroke = StrokeStyle(color, width: width, dash: dash)
    self.marker = marker
    self.label = label
  }

  /// A line through means, with a band of `error` to either side.
  public init(
    x: [Double], mean: [Double], error: [Double], color: Color, width: Double = 1.6,
    dash: Dash = .solid, marker: Marker? = nil, label: String? = nil
  ) {
    self.init(
      x: x, mean: mean, lower: zip(mean, error).map { $0 - $1 },
      upper: zip(mean, error).map { $0 + $1 }, color: color, width: width, dash: dash,
      marker: marker, label: label)
    precondition(error.count == mean.count, "a band needs one error for each mean")
  }

  /// A line through central values, with a band between `lower` and `upper`.
  public init(
    x: [Double], mean: [Double], lower: [Double], upper: [Double], color: Color,
    width: Double = 1.6, dash: Dash = .solid, marker: Marker? = nil, label: String? = nil
  ) {
    self.init(
      x: x, y: mean, color: color, width: width, dash: dash, marker: marker, label: label)
    precondition(
      lower.count == mean.count && upper.count == mean.count,
      "a band needs a lower and an upper edge for each mean")
    self.lower = lower
    self.upper = upper
  }
}

extension Line: LayerContent {
  private static let bandOpacity = 0.2

  func include(in extent: inout PlotExtent) {
    for index in x.indices where x[index].isFinite {
      extent.include(x[index], y[index])
      guard let lower, let upper, y[index].isFinite else { continue }
      extent.y.includeLowerMargin(lower[index])
      extent.y.include(upper[index])
    }
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    if let lower, let upper {
      Band(x: x, lower: lower, upper: upper, color: stroke.color, opacity: Line.bandOpacity)
        .draw(on: &canvas, mapping: mapping)
    }
    let stretches = mapping.stretches(x: x, y: y)
    if !stretches.isEmpty { canvas.stroke(stretches, closed: false, style: stroke) }
    guard let marker else { return }
    let centers = zip(x, y).compactMap { mapping.point($0, $1) }.filter(mapping.isNearFrame)
    if !centers.isEmpty { canvas.drawMarkers(marker, at: centers, colors: [stroke.color]) }
  }

  var legendEntry: LegendEntry? {
    label.map { LegendEntry($0, .line(stroke, marker: marker)) }
  }

  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] {
    mapping.stretches(x: x, y: y).flatMap(Legend.samples(along:))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// One act of drawing, with its data.
public enum DrawingCommand: Sendable, Equatable, Codable {
  /// Text from a point on its baseline.
  case text(String, font: Font, origin: PlotPoint, upwards: Bool, color: Color)
  /// Stroked polylines.
  case stroke([[PlotPoint]], closed: Bool, style: StrokeStyle)
  /// Filled polygons.
  case fill([[PlotPoint]], color: Color)
  /// Markers.
  case markers(Marker, centers: [PlotPoint], colors: [Color])
  /// An image over a rectangle.
  case image(RasterImage, rectangle: PlotRectangle, smooth: Bool)
  /// A limit to what follows.
  case pushClip(PlotRectangle)
  /// The end of a limit.
  case popClip
}

/// A canvas that keeps what is drawn as data. Its text has fixed metrics, so that a recorded layout
/// is the same on every machine.
public struct RecordingCanvas: Canvas, Sendable {
  /// What was drawn, in order.
  public private(set) var commands: [DrawingCommand] = []

  /// An empty canvas.
  public init() {}

  public func textWidth(_ text: String, font: Font) -> Double {
    Double(text.count) * font.size * (font.bold ? 0.66 : 0.58)
  }

  public mutating func drawText(
    _ text: String, font: Font, at origin: PlotPoint, upwards: Bool, color: Color
  ) {
    commands.append(
      .text(text, font: font, origin: origin, upwards: upwards, color: color))
  }

  public mutating func stroke(_ lines: [[PlotPoint]], closed: Bool, style: StrokeStyle) {
    commands.append(.stroke(lines, closed: closed, style: style))
  }

  public mutating func fill(_ polygons: [[PlotPoint]], color: Color) {
    commands.append(.fill(polygons, color: color))
  }

  public mutating func drawMarkers(
    _ marker: Marker, at centers: [PlotPoint], colors: [Color]
  ) {
    commands.append(.markers(marker, centers: centers, colors: colors))
  }

  public mutating func drawImage(
    _ image: RasterImage, in rectangle: PlotRectangle, smooth: Bool
  ) {
    commands.append(.image(image, rectangle: rectangle, smooth: smooth))
  }

  public mutating func pushClip(_ rectangle: PlotRectangle) {
    commands.append(.pushClip(rectangle))
  }

  public mutating func popClip() {
    commands.append(.popClip)
  }

  /// Every text drawn, in order.
  public var texts: [String] {
    commands.compactMap { command in
      guard case .text(let text, _, _, _, _) = command else { return nil }
      return text
    }
  }
}

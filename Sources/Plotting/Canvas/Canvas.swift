// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A surface to draw on. Coordinates are points from the top left corner, y downwards.
///
/// Layout and layers know only this protocol; ``RecordingCanvas`` answers it with a list of
/// commands, and writing a figure with a renderer.
public protocol Canvas {
  /// The advance of `text`, without markup, in points.
  func textWidth(_ text: String, font: Font) -> Double

  /// Draws `text`, without markup, from a point on its baseline, rightwards or upwards.
  mutating func drawText(
    _ text: String, font: Font, at origin: PlotPoint, upwards: Bool, color: Color)

  /// Strokes polylines in one go, so that crossings of a translucent line do not darken.
  mutating func stroke(_ lines: [[PlotPoint]], closed: Bool, style: StrokeStyle)

  /// Fills polygons by the non-zero winding rule.
  mutating func fill(_ polygons: [[PlotPoint]], color: Color)

  /// Draws one marker at each point, every one in its own colour: `colors` has one entry for all or
  /// one entry each.
  mutating func drawMarkers(_ marker: Marker, at centers: [PlotPoint], colors: [Color])

  /// Draws an image stretched over a rectangle, its pixels with sharp or with blended borders.
  mutating func drawImage(_ image: RasterImage, in rectangle: PlotRectangle, smooth: Bool)

  /// Limits what follows to a rectangle, until the matching ``popClip()``.
  mutating func pushClip(_ rectangle: PlotRectangle)

  /// Removes the limit set last.
  mutating func popClip()
}

/// How a line is stroked.
public struct StrokeStyle: Sendable, Hashable, Codable {
  /// The colour, opacity included.
  public var color: Color
  /// The width in points.
  public var width: Double
  /// The dash pattern.
  public var dash: Dash

  /// A line of the given colour, width in points, and dash pattern.
  public init(_ color: Color, width: Double = 1.4, dash: Dash = .solid) {
    self.color = color
    self.width = width
    self.dash = dash
  }
}

/// The pattern of a line.
public enum Dash: String, Sendable, Hashable, Codable, CaseIterable {
  /// Without gaps.
  case solid
  /// Long strokes.
  case dashed
  /// Points.
  case dotted
  /// Strokes and points in turn.
  case dashDotted

  /// Lengths of strokes and gaps for a line of the given width; empty for a solid line.
  func lengths(width: Double) -> [Double] {
    let unit = max(width, 0.8)
    switch self {
    case .solid: return []
    case .dashed: return [4 * unit, 2.2 * unit]
    case .dotted: return [1 * unit, 1.8 * unit]
    case .dashDotted: return [4.5 * unit, 1.8 * unit, 1 * unit, 1.8 * unit]
    }
  }
}

/// The mark of a single datum.
public struct Marker: Sendable, Hashable, Codable {
  /// The shape of a mark.
  public enum Shape: String, Sendable, Hashable, Codable, CaseIterable {
    /// A disc.
    case circle
    /// A square on its side.
    case square
    /// A square on its corner.
    case diamond
    /// A triangle pointing upwards.
    case triangle
    /// Two diagonal strokes.
    case cross
    /// An upright and a level stroke.
    case plus
  }

  /// The shape.
  public var shape: Shape
  /// The diameter in points.
  public var size: Double

  /// A mark of a shape and a diameter in points.
  public init(_ shape: Shape = .circle, size: Double = 4.5) {
    self.shape = shape
    self.size = size
  }

  /// The corners of the shape about the origin, or `nil` for a disc. A cross and a plus are
  /// outlined as bars of a quarter of their size.
  var corners: [PlotPoint]? {
    let radius = size / 2
    func points(_ list: [(Double, Double)]) -> [PlotPoint] {
      list.map { PlotPoint(x: $0.0 * radius, y: $0.1 * radius) }
    }
    let bar = 0.25
    let upright: [(Double, Double)] = [
      (-bar, -1), (bar, -1), (bar, -bar), (1, -bar), (1, bar), (bar, bar),
      (bar, 1), (-bar, 1), (-bar, bar), (-1, bar), (-1, -bar), (-bar, -bar),
    ]
    switch shape {
    case .circle: return nil
    case .square: return points([(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)])
    case .diamond: return points([(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)])
    case .triangle: return points([(0, -1.15), (1.1, 0.8), (-1.1, 0.8)])
    case .plus: return points(upright)
    case .cross:
      let half = 0.5.squareRoot()
      return points(upright.map { (($0.0 - $0.1) * half, ($0.0 + $0.1) * half) })
    }
  }
}

/// An image of colours, row by row from the top left.
public struct RasterImage: Sendable, Equatable, Codable {
  /// The number of pixels in a row.
  public let columns: Int
  /// The number of rows.
  public let rows: Int
  /// `rows * columns` colours; an opacity of zero leaves the pixel blank.
  public let pixels: [Color]

  /// An image from its pixels, row by row from the top left.
  public init(columns: Int, rows: Int, pixels: [Color]) {
    precondition(columns > 0 && rows > 0, "an image needs at least one pixel")
    precondition(
      pixels.count == columns * rows,
      "an image of \(columns) x \(rows) needs \(columns * rows) pixels, not \(pixels.count)")
    self.columns = columns
    self.rows = rows
    self.pixels = pixels
  }
}

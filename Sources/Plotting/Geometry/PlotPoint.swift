// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A point of the plane: data coordinates in layers, points from the top left corner on a canvas.
public struct PlotPoint: Sendable, Hashable, Codable {
  /// The horizontal coordinate.
  public var x: Double
  /// The vertical coordinate; it grows upwards in data and downwards on a canvas.
  public var y: Double

  /// The point (x, y).
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// Whether both coordinates are finite.
  var isFinite: Bool { x.isFinite && y.isFinite }

  /// The Euclidean distance to another point.
  func distance(to other: PlotPoint) -> Double {
    ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
  }

  /// The point `fraction` of the way to `other`.
  func mixed(with other: PlotPoint, fraction: Double) -> PlotPoint {
    PlotPoint(x: x + (other.x - x) * fraction, y: y + (other.y - y) * fraction)
  }
}

/// An upright rectangle on a canvas, in points; y grows downwards.
public struct PlotRectangle: Sendable, Hashable, Codable {
  /// The left edge.
  public var x: Double
  /// The top edge.
  public var y: Double
  /// The width, not negative.
  public var width: Double
  /// The height, not negative.
  public var height: Double

  /// The rectangle with the given top left corner and size.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = max(width, 0)
    self.height = max(height, 0)
  }

  /// The right edge.
  public var maxX: Double { x + width }
  /// The bottom edge.
  public var maxY: Double { y + height }
  /// The horizontal middle.
  public var midX: Double { x + width / 2 }
  /// The vertical middle.
  public var midY: Double { y + height / 2 }

  /// The rectangle grown by `margin` on every side.
  func expanded(by margin: Double) -> PlotRectangle {
    PlotRectangle(
      x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
  }

  /// Whether the point lies inside or on the border.
  func contains(_ point: PlotPoint) -> Bool {
    point.x >= x && point.x <= maxX && point.y >= y && point.y <= maxY
  }

  /// Whether the interiors of two rectangles meet.
  func overlaps(_ other: PlotRectangle) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }
}

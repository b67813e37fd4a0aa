// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Text at a place in the data.
public struct Annotation: Sendable, Hashable, Codable {
  /// On which side of its place the text stands.
  public enum Side: String, Sendable, Hashable, Codable, CaseIterable {
    /// Centred on the place.
    case center
    /// To the left.
    case left
    /// To the right.
    case right
    /// Above.
    case above
    /// Below.
    case below
  }

  /// The text, in the markup of ``Markup``.
  public var text: String
  /// The place, in data coordinates.
  public var place: PlotPoint
  /// On which side of the place the text stands.
  public var side: Side
  /// The colour.
  public var color: Color
  /// The size in points.
  public var size: Double

  /// Text at a place in the data.
  public init(
    _ text: String, x: Double, y: Double, side: Side = .center, color: Color = Color(gray: 0.1),
    size: Double = 9
  ) {
    self.text = text
    place = PlotPoint(x: x, y: y)
    self.side = side
    self.color = color
    self.size = size
  }
}

extension Annotation: LayerContent {
  private static let gap = 3.5

  func include(in extent: inout PlotExtent) { extent.include(place.x, place.y) }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    guard let anchor = mapping.point(place.x, place.y), mapping.isNearFrame(anchor) else { return }
    let block = TextBlock(text, font: Font(size: size), canvas: canvas)
    let gap = Annotation.gap
    let (x, y, horizontal, vertical): (Double, Double, HorizontalAnchor, VerticalAnchor) =
      switch side {
      case .center: (0, 0, .center, .middle)
      case .left: (-gap, 0, .trailing, .middle)
      case .right: (gap, 0, .leading, .middle)
      case .above: (0, -gap, .center, .bottom)
      case .below: (0, gap, .center, .top)
      }
    block.draw(
      on: &canvas, at: PlotPoint(x: anchor.x + x, y: anchor.y + y), horizontal: horizontal,
      vertical: vertical, color: color)
  }

  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] {
    [mapping.point(place.x, place.y)].compactMap { $0 }
  }
}

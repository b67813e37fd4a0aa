// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A straight line across the panel.
public struct ReferenceLine: Sendable, Hashable, Codable {
  /// Where the line lies.
  public enum Place: Sendable, Hashable, Codable {
    /// Level, at this y.
    case horizontal(Double)
    /// Upright, at this x.
    case vertical(Double)
    /// Through a point with a slope, in the coordinates in which the axes are linear: on two
    /// logarithmic axes the slope is the exponent of a power law.
    case slope(Double, through: PlotPoint)
  }

  /// Where the line lies.
  public var place: Place
  /// The style of the line.
  public var stroke: StrokeStyle
  /// The label in the legend; none leaves the line out of it.
  public var label: String?

  /// A straight line across the panel.
  public init(
    _ place: Place,
    stroke: StrokeStyle = StrokeStyle(Color(gray: 0.45), width: 0.9, dash: .dashed),
    label: String? = nil
  ) {
    self.place = place
    self.stroke = stroke
    self.label = label
  }
}

extension ReferenceLine: LayerContent {
  func include(in extent: inout PlotExtent) {
    switch place {
    case .horizontal(let y): extent.y.include(y)
    case .vertical(let x): extent.x.include(x)
    // A slope guides the eye; it must not widen the range of what it is compared with.
    case .slope: break
    }
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    guard let (start, end) = ends(mapping),
      let part = Clipping.segment(start, end, to: mapping.frame)
    else { return }
    canvas.stroke([[part.start, part.end]], closed: false, style: stroke)
  }

  var legendEntry: LegendEntry? { label.map { LegendEntry($0, .line(stroke, marker: nil)) } }

  private func ends(_ mapping: PlotMapping) -> (PlotPoint, PlotPoint)? {
    let frame = mapping.frame
    switch place {
    case .horizontal(let y):
      guard let up = mapping.y.fraction(of: y) else { return nil }
      let height = frame.maxY - up * frame.height
      return (PlotPoint(x: frame.x, y: height), PlotPoint(x: frame.maxX, y: height))
    case .vertical(let x):
      guard let across = mapping.x.fraction(of: x) else { return nil }
      let place = frame.x + across * frame.width
      return (PlotPoint(x: place, y: frame.y), PlotPoint(x: place, y: frame.maxY))
    case .slope(let slope, let point):
      guard let x = mapping.x.scale.position(of: point.x),
        let y = mapping.y.scale.position(of: point.y)
      else { return nil }
      let reach = mapping.x.span + abs(x) + 1
      let ends = [-reach, reach].compactMap { step in
        mapping.point(
          mapping.x.scale.value(at: x + step), mapping.y.scale.value(at: y + slope * step))
      }
      return ends.count == 2 ? (ends[0], ends[1]) : nil
    }
  }
}

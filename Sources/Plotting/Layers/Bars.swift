// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Upright bars from a base line.
public struct Bars: Sendable, Hashable, Codable {
  /// The middles of the bars.
  public var x: [Double]
  /// The ends of the bars, as many as `x`.
  public var heights: [Double]
  /// The half-lengths of the error bars on the ends, as many as `x`; none draws none.
  public var errors: [Double]?
  /// The width of a bar in data units, positive.
  public var width: Double
  /// Where the bars start; on a logarithmic axis the bottom of the axis stands for a base that is
  /// not positive.
  public var base: Double
  /// One colour for all bars, or one each.
  public var colors: [Color]
  /// The label in the legend, beside the first colour; none leaves the bars out of it.
  public var label: String?

  /// Upright bars. `colors` holds one colour for all, or one for each bar.
  public init(
    x: [Double], heights: [Double], errors: [Double]? = nil, width: Double = 0.7, base: Double = 0,
    colors: [Color], label: String? = nil
  ) {
    precondition(
      x.count == heights.count && (errors == nil || errors?.count == x.count),
      "bars need as many heights and errors as positions (\(x.count))")
    precondition(
      colors.count == 1 || colors.count == x.count, "bars need one colour for all or one each")
    precondition(width > 0, "the width of a bar must be positive")
    self.x = x
    self.heights = heights
    self.errors = errors
    self.width = width
    self.base = base
    self.colors = colors
    self.label = label
  }
}

extension Bars: LayerContent {
  func include(in extent: inout PlotExtent) {
    for index in x.indices where heights[index].isFinite {
      extent.include(x[index] - width / 2, heights[index])
      extent.include(x[index] + width / 2, heights[index])
      guard let errors else { continue }
      extent.y.include(heights[index] + errors[index])
      extent.y.includeLowerMargin(heights[index] - errors[index])
    }
    extent.y.includeBase(base)
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let floor = mapping.y.fraction(of: base) == nil ? mapping.y.range.lowerBound : base
    for index in x.indices {
      let corners = mapping.polygon([
        PlotPoint(x: x[index] - width / 2, y: floor),
        PlotPoint(x: x[index] + width / 2, y: floor),
        PlotPoint(x: x[index] + width / 2, y: heights[index]),
        PlotPoint(x: x[index] - width / 2, y: heights[index]),
      ])
      if corners.count > 3 {
        canvas.fill([corners], color: colors[min(index, colors.count - 1)])
      }
    }
    guard let errors else { return }
    ErrorBars(x: x, y: heights, errors: errors, color: Color(gray: 0.15), marker: nil)
      .draw(on: &canvas, mapping: mapping)
  }

  var legendEntry: LegendEntry? {
    guard let label, let color = colors.first else { return nil }
    return LegendEntry(label, .patch(color))
  }

  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] {
    zip(x, heights).flatMap { x, height -> [PlotPoint] in
      guard let top = mapping.point(x, height) else { return [] }
      return Legend.samples(along: [top, PlotPoint(x: top.x, y: mapping.frame.maxY)])
    }
  }
}

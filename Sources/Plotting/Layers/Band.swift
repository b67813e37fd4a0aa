// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A region between two curves over the same abscissae.
public struct Band: Sendable, Hashable, Codable {
  /// The horizontal coordinates.
  public var x: [Double]
  /// The lower curve, as many as `x`. On a logarithmic axis a value that is not positive stands for
  /// the bottom of the axis.
  public var lower: [Double]
  /// The upper curve, as many as `x`.
  public var upper: [Double]
  /// The fill, opacity included.
  public var color: Color
  /// The label in the legend; none leaves the band out of it.
  public var label: String?

  /// The region between two curves, filled with `color` at `opacity`.
  public init(
    x: [Double], lower: [Double], upper: [Double], color: Color, opacity: Double = 0.25,
    label: String? = nil
  ) {
    precondition(
      x.count == lower.count && x.count == upper.count,
      "a band needs as many x (\(x.count)) as lower (\(lower.count)) and upper (\(upper.count))")
    self.x = x
    self.lower = lower
    self.upper = upper
    self.color = color.opacity(color.alpha * opacity)
    self.label = label
  }
}

extension Band: LayerContent {
  func include(in extent: inout PlotExtent) {
    for index in x.indices where x[index].isFinite {
      extent.include(x[index], upper[index])
      extent.y.includeLowerMargin(lower[index])
    }
  }

  func draw(on canvas: inout some Canvas, mapping: PlotMapping) {
    let polygons = outlines(mapping).map { Clipping.polygon($0, to: mapping.bounds) }
      .filter { $0.count > 2 }
    // One fill for each stretch: neighbours share no area.
    if !polygons.isEmpty { canvas.fill(polygons, color: color) }
  }

  var legendEntry: LegendEntry? { label.map { LegendEntry($0, .patch(color)) } }

  /// One closed outline for each stretch of data that has a place on the axes.
  private func outlines(_ mapping: PlotMapping) -> [[PlotPoint]] {
    let edges = x.indices.map { index -> (low: PlotPoint, high: PlotPoint)? in
      guard lower[index].isFinite,
        let high = mapping.point(x[index], upper[index])
      else { return nil }
      let floor = PlotPoint(x: high.x, y: mapping.bounds.maxY)
      return (mapping.point(x[index], lower[index]) ?? floor, high)
    }
    var outlines: [[PlotPoint]] = []
    var stretch: [(low: PlotPoint, high: PlotPoint)] = []
    func close() {
      if stretch.count > 1 { outlines.append(stretch.map(\.high) + stretch.reversed().map(\.low)) }
      stretch = []
    }
    for edge in edges {
      if let edge { stretch.append(edge) } else { close() }
    }
    close()
    return outlines
  }
}

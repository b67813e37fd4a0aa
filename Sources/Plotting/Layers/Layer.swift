// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// One thing drawn in a panel. Layers are drawn in order, later ones above.
///
/// A datum that is not finite, or not positive on a logarithmic axis, is never drawn; it breaks a
/// line.
public enum Layer: Sendable, Hashable, Codable {
  /// A line through data, optionally with an error band and markers.
  case line(Line)
  /// A region between two curves.
  case band(Band)
  /// Markers at data.
  case scatter(Scatter)
  /// A field shown by colours.
  case heatMap(HeatMap)
  /// Level lines of a field.
  case contours(Contours)
  /// The regions between level lines, in colours.
  case filledContours(FilledContours)
  /// Arrows.
  case quiver(Quiver)
  /// Lines along a vector field.
  case streamlines(Streamlines)
  /// Any number of polylines in one style: trajectories.
  case paths(Paths)
  /// The image of a rectangular grid under a map.
  case deformedGrid(DeformedGrid)
  /// Bars.
  case bars(Bars)
  /// Error bars.
  case errorBars(ErrorBars)
  /// A straight line across the panel.
  case reference(ReferenceLine)
  /// Text at a place in the data.
  case text(Annotation)
  /// A filled polygon.
  case polygon(Polygon)
  /// A surface over a plane, seen obliquely.
  case surface(Surface)

  /// What draws the layer.
  var content: any LayerContent {
    switch self {
    case .line(let layer): return layer
    case .band(let layer): return layer
    case .scatter(let layer): return layer
    case .heatMap(let layer): return layer
    case .contours(let layer): return layer
    case .filledContours(let layer): return layer
    case .quiver(let layer): return layer
    case .streamlines(let layer): return layer
    case .paths(let layer): return layer
    case .deformedGrid(let layer): return layer
    case .bars(let layer): return layer
    case .errorBars(let layer): return layer
    case .reference(let layer): return layer
    case .text(let layer): return layer
    case .polygon(let layer): return layer
    case .surface(let layer): return layer
    }
  }
}

/// What every layer can do.
protocol LayerContent {
  /// Widens the panel's extent to the layer's data.
  func include(in extent: inout PlotExtent)
  /// Draws the layer within the panel's frame.
  func draw(on canvas: inout some Canvas, mapping: PlotMapping)
  /// The layer's line in the legend.
  var legendEntry: LegendEntry? { get }
  /// The colours the layer's numbers are shown in, for the colour bar.
  var colorScale: ResolvedColorScale? { get }
  /// The numbers of a field, of which those that are not finite are counted under the figure.
  var field: ScalarGrid? { get }
  /// Canvas points the legend should not cover.
  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint]
}

extension LayerContent {
  var legendEntry: LegendEntry? { nil }
  var colorScale: ResolvedColorScale? { nil }
  var field: ScalarGrid? { nil }
  func occupiedPoints(mapping: PlotMapping) -> [PlotPoint] { [] }
}

/// A line of a legend: a label and the mark it explains.
public struct LegendEntry: Sendable, Hashable, Codable {
  /// The mark beside a label.
  public enum Swatch: Sendable, Hashable, Codable {
    /// A stretch of line, with its marker if it has one.
    case line(StrokeStyle, marker: Marker?)
    /// A marker.
    case marker(Marker, color: Color)
    /// A filled patch.
    case patch(Color)
  }

  /// The label, in the markup of ``Markup``.
  public var label: String
  /// The mark.
  public var swatch: Swatch

  /// A line of a legend.
  public init(_ label: String, _ swatch: Swatch) {
    self.label = label
    self.swatch = swatch
  }
}

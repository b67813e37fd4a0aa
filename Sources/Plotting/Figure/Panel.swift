// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// One picture of a figure: layers over a pair of axes.
public struct Panel: Sendable, Hashable, Codable {
  /// The title above the frame, in the markup of ``Markup``; may be empty.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// What is drawn, from back to front.
  public var layers: [Layer]
  /// The lines around the picture.
  public var frame: PanelFrame
  /// Whether one unit is as long on both axes; the frame shrinks to make it so.
  public var hasEqualAspect: Bool
  /// Where the legend stands; its entries are the labels of the layers.
  public var legend: LegendPlace
  /// Text in the corners.
  public var notes: [CornerNote]
  /// The colour bar at the right; none draws none.
  public var colorBar: ColorBar?

  /// A panel.
  public init(
    title: String = "", x: Axis = Axis(), y: Axis = Axis(), frame: PanelFrame = .axes,
    hasEqualAspect: Bool = false, legend: LegendPlace = .automatic, notes: [CornerNote] = [],
    colorBar: ColorBar? = nil, layers: [Layer]
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.frame = frame
    self.hasEqualAspect = hasEqualAspect
    self.legend = legend
    self.notes = notes
    self.colorBar = colorBar
  }

  /// A panel without ticks, equal in aspect, in a thin box: for sample clouds, trajectories and
  /// deformed grids.
  public static func plane(
    title: String = "", x: ClosedRange<Double>? = nil, y: ClosedRange<Double>? = nil,
    frame: PanelFrame = .box, notes: [CornerNote] = [], layers: [Layer]
  ) -> Panel {
    Panel(
      title: title, x: Axis(range: x, ticks: .none), y: Axis(range: y, ticks: .none), frame: frame,
      hasEqualAspect: true, legend: .hidden, notes: notes, layers: layers)
  }

  /// The extent of the data of all layers.
  var extent: PlotExtent {
    layers.reduce(into: PlotExtent()) { extent, layer in layer.content.include(in: &extent) }
  }

  /// The legend's lines, each label once.
  var legendEntries: [LegendEntry] {
    Legend.unique(layers.compactMap { $0.content.legendEntry })
  }
}

/// The lines around a panel.
public enum PanelFrame: String, Sendable, Hashable, Codable, CaseIterable {
  /// A line at the left and one at the bottom.
  case axes
  /// A thin box.
  case box
  /// Nothing: neither lines nor marks nor axis labels.
  case none
}

/// Where a legend stands.
public enum LegendPlace: String, Sendable, Hashable, Codable, CaseIterable {
  /// In the corner that holds the least data.
  case automatic
  /// In the top left corner.
  case topLeft
  /// In the top right corner.
  case topRight
  /// In the bottom left corner.
  case bottomLeft
  /// In the bottom right corner.
  case bottomRight
  /// In the figure's one legend below all panels, together with those of other panels.
  case shared
  /// Nowhere.
  case hidden
}

/// Text in a corner of a panel.
public struct CornerNote: Sendable, Hashable, Codable {
  /// The text, in the markup of ``Markup``.
  public var text: String
  /// The corner.
  public var corner: PanelCorner
  /// The colour.
  public var color: Color

  /// Text in a corner of a panel.
  public init(
    _ text: String, _ corner: PanelCorner = .topLeft, color: Color = Color(gray: 0.1)
  ) {
    self.text = text
    self.corner = corner
    self.color = color
  }
}

/// A corner of a panel.
public enum PanelCorner: String, Sendable, Hashable, Codable, CaseIterable {
  /// At the top left.
  case topLeft
  /// At the top right.
  case topRight
  /// At the bottom left.
  case bottomLeft
  /// At the bottom right.
  case bottomRight

  var isLeft: Bool {
    switch self {
    case .topLeft, .bottomLeft: return true
    case .topRight, .bottomRight: return false
    }
  }

  var isTop: Bool {
    switch self {
    case .topLeft, .topRight: return true
    case .bottomLeft, .bottomRight: return false
    }
  }
}

/// A bar that shows which colour stands for which number.
public struct ColorBar: Sendable, Hashable, Codable {
  /// The label, in the markup of ``Markup``; may be empty.
  public var label: String
  /// The colours, with their range; `nil` takes those of the panel's first layer that has any.
  public var colors: ColorScale?

  /// A colour bar.
  public init(_ label: String = "", colors: ColorScale? = nil) {
    self.label = label
    self.colors = colors
  }

  /// The colours the bar shows for these panels, or `nil` when no layer has any.
  func scale(for panels: [Panel]) -> ResolvedColorScale? {
    if let colors { return colors.resolved(for: []) }
    return panels.lazy.flatMap(\.layers).compactMap { $0.content.colorScale }.first
  }
}

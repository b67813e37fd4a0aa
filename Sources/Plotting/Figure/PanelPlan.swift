// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Widths of what stands around a frame, in points.
struct EdgeInsets: Equatable {
  var left = 0.0
  var right = 0.0
  var top = 0.0
  var bottom = 0.0
}

/// A panel with everything settled but its place: ranges, marks, set text and the room it needs.
struct PanelPlan {
  private static let titleGap = 5.0

  let panel: Panel
  let x: AxisPlan
  let y: AxisPlan
  let title: TextBlock
  let colorBar: ColorBarPlan?
  let insets: EdgeInsets

  /// - Parameters:
  ///   - letter: the panel's letter with its parentheses, or an empty text.
  ///   - width: the width of the frame, as far as known, for the choice of ticks.
  ///   - height: the height of the frame, as far as known.
  init(_ panel: Panel, letter: String, width: Double, height: Double, canvas: some Canvas) {
    self.panel = panel
    let extent = panel.extent
    let horizontal = panel.x.mapping(for: extent.x, isFilled: extent.isFilled)
    let vertical = panel.y.mapping(for: extent.y, isFilled: extent.isFilled)
    let fitted = PanelPlan.fitted(
      PlotRectangle(x: 0, y: 0, width: width, height: height), panel, horizontal, vertical)
    x = AxisPlan(
      panel.frame.visible(panel.x), mapping: horizontal, isVertical: false,
      length: fitted.width, canvas: canvas)
    y = AxisPlan(
      panel.frame.visible(panel.y), mapping: vertical, isVertical: true, length: fitted.height,
      canvas: canvas)
    let letterMarkup = letter.isEmpty ? "" : "\\bold{\(letter)}"
    title = TextBlock(
      [letterMarkup, panel.title].filter { !$0.isEmpty }.joined(separator: " "),
      font: Typography.panelTitle, maximumWidth: max(width, 80), canvas: canvas)
    colorBar = panel.colorBar.flatMap { bar in
      bar.scale(for: [panel]).map {
        ColorBarPlan(scale: $0, label: bar.label, length: fitted.height, canvas: canvas)
      }
    }
    insets = EdgeInsets(
      left: max(y.depth, x.overhang(atEnd: panel.x.isReversed, length: fitted.width)),
      right: colorBar.map { $0.width }
        ?? x.overhang(atEnd: !panel.x.isReversed, length: fitted.width),
      top: title.isEmpty
        ? y.overhang(atEnd: !panel.y.isReversed, length: fitted.height)
        : title.height + PanelPlan.titleGap,
      bottom: max(x.depth, y.overhang(atEnd: panel.y.isReversed, length: fitted.height)))
  }

  /// The height of the frame for a width, when the aspect is equal.
  var naturalAspect: Double? {
    panel.hasEqualAspect ? y.mapping.span / x.mapping.span : nil
  }

  /// The part of a cell the frame takes: all of it, unless the aspect is equal. A frame that is
  /// less high than its cell stays at the top, so that the titles of a row are level.
  func frame(in cell: PlotRectangle) -> PlotRectangle {
    PanelPlan.fitted(cell, panel, x.mapping, y.mapping)
  }

  private static func fitted(
    _ cell: PlotRectangle, _ panel: Panel, _ x: AxisMapping, _ y: AxisMapping
  ) -> PlotRectangle {
    guard panel.hasEqualAspect else { return cell }
    let unit = min(cell.width / x.span, cell.height / y.span)
    let width = unit * x.span
    let height = unit * y.span
    return PlotRectangle(
      x: cell.midX - width / 2, y: cell.y, width: width, height: height)
  }
}

extension PanelFrame {
  /// The axis as this frame shows it: without lines there is nothing to mark or label.
  func visible(_ axis: Axis) -> Axis {
    switch self {
    case .axes, .box: return axis
    case .none:
      var bare = axis
      bare.ticks = .none
      bare.label = ""
      return bare
    }
  }
}

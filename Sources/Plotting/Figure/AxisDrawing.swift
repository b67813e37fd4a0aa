// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Draws the marks, labels and title of an axis along a frame.
struct AxisDrawing {
  static let color = Color(gray: 0.25)
  static let lineWidth = 0.8
  static let boxWidth = 0.6

  let axis: AxisPlan
  let frame: PlotRectangle
  /// Whether a vertical axis stands at the right of the frame instead of its left.
  var isOnFarSide = false

  func draw(on canvas: inout some Canvas) {
    drawMarks(axis.ticks.major.map(\.value), length: AxisPlan.tickLength, on: &canvas)
    drawMarks(axis.ticks.minor, length: AxisPlan.minorTickLength, on: &canvas)
    drawLabels(on: &canvas)
    drawTitle(on: &canvas)
  }

  private func drawMarks(_ values: [Double], length: Double, on canvas: inout some Canvas) {
    let marks = values.compactMap { value -> [PlotPoint]? in
      guard let start = place(of: value) else { return nil }
      let end =
        axis.isVertical
        ? PlotPoint(x: start.x + outwards * length, y: start.y)
        : PlotPoint(x: start.x, y: start.y + length)
      return [start, end]
    }
    guard !marks.isEmpty else { return }
    canvas.stroke(
      marks, closed: false,
      style: StrokeStyle(AxisDrawing.color, width: AxisDrawing.lineWidth))
  }

  private func drawLabels(on canvas: inout some Canvas) {
    let distance = AxisPlan.tickLength + AxisPlan.labelGap
    for (tick, label) in zip(axis.ticks.major, axis.labels) {
      guard let mark = place(of: tick.value) else { continue }
      if axis.isVertical {
        label.draw(
          on: &canvas, at: PlotPoint(x: mark.x + outwards * distance, y: mark.y),
          horizontal: isOnFarSide ? .leading : .trailing, vertical: .middle)
      } else {
        // One baseline for all: a superscript raises only its own label.
        let raised = axis.labels.map { $0.lines.first?.ascent ?? 0 }.max() ?? 0
        let ascent = label.lines.first?.ascent ?? 0
        label.draw(
          on: &canvas, at: PlotPoint(x: mark.x, y: mark.y + distance + raised - ascent),
          horizontal: .center, vertical: .top)
      }
    }
  }

  private func drawTitle(on canvas: inout some Canvas) {
    let distance = axis.labelDepth + AxisPlan.titleGap
    guard axis.isVertical else {
      axis.title.draw(
        on: &canvas, at: PlotPoint(x: frame.midX, y: frame.maxY + distance),
        horizontal: .center, vertical: .top)
      return
    }
    // Text that reads upwards has its own top at the left.
    let anchor = PlotPoint(x: side + outwards * distance, y: frame.midY)
    axis.title.draw(
      on: &canvas, at: anchor, horizontal: .center, vertical: isOnFarSide ? .top : .bottom,
      upwards: true)
  }

  private var outwards: Double { isOnFarSide ? 1 : -1 }

  private var side: Double { isOnFarSide ? frame.maxX : frame.x }

  private func place(of value: Double) -> PlotPoint? {
    guard let fraction = axis.mapping.fraction(of: value), fraction > -1e-9, fraction < 1 + 1e-9
    else { return nil }
    return axis.isVertical
      ? PlotPoint(x: side, y: frame.maxY - fraction * frame.height)
      : PlotPoint(x: frame.x + fraction * frame.width, y: frame.maxY)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Draws a planned panel in its frame.
struct PanelDrawing {
  private static let noteInset = 5.0
  private static let titleGap = 5.0

  let plan: PanelPlan
  let frame: PlotRectangle

  private var panel: Panel { plan.panel }
  private var mapping: PlotMapping {
    PlotMapping(frame: frame, x: plan.x.mapping, y: plan.y.mapping)
  }

  func draw(on canvas: inout some Canvas) {
    canvas.pushClip(frame)
    for layer in panel.layers {
      layer.content.draw(on: &canvas, mapping: mapping)
    }
    canvas.popClip()
    drawFrame(on: &canvas)
    AxisDrawing(axis: plan.x, frame: frame).draw(on: &canvas)
    AxisDrawing(axis: plan.y, frame: frame).draw(on: &canvas)
    plan.title.draw(
      on: &canvas, at: PlotPoint(x: frame.x, y: frame.y - PanelDrawing.titleGap),
      horizontal: .leading, vertical: .bottom)
    plan.colorBar?.draw(on: &canvas, beside: frame)
    for note in panel.notes { draw(note, on: &canvas) }
    drawLegend(on: &canvas)
  }

  private func drawFrame(on canvas: inout some Canvas) {
    switch panel.frame {
    case .axes:
      let line = [
        PlotPoint(x: frame.x, y: frame.y), PlotPoint(x: frame.x, y: frame.maxY),
        PlotPoint(x: frame.maxX, y: frame.maxY),
      ]
      canvas.stroke(
        [line], closed: false,
        style: StrokeStyle(AxisDrawing.color, width: AxisDrawing.lineWidth))
    case .box:
      canvas.stroke(
        [PlotPoint.corners(of: frame)], closed: true,
        style: StrokeStyle(AxisDrawing.color, width: AxisDrawing.boxWidth))
    case .none:
      break
    }
  }

  private func draw(_ note: CornerNote, on canvas: inout some Canvas) {
    let block = TextBlock(note.text, font: Typography.note, canvas: canvas)
    let box = box(of: block, in: note.corner)
    canvas.fill([PlotPoint.corners(of: box.expanded(by: 1.5))], color: Color(gray: 1, alpha: 0.78))
    block.draw(
      on: &canvas,
      at: PlotPoint(x: note.corner.isLeft ? box.x : box.maxX, y: box.y),
      horizontal: note.corner.isLeft ? .leading : .trailing, vertical: .top, color: note.color)
  }

  private func box(of block: TextBlock, in corner: PanelCorner) -> PlotRectangle {
    let inset = PanelDrawing.noteInset
    return PlotRectangle(
      x: corner.isLeft ? frame.x + inset : frame.maxX - inset - block.width,
      y: corner.isTop ? frame.y + inset : frame.maxY - inset - block.height,
      width: block.width, height: block.height)
  }

  private func drawLegend(on canvas: inout some Canvas) {
    let legend = Legend(stacked: panel.legendEntries, canvas: canvas)
    guard !legend.isEmpty else { return }
    switch panel.legend {
    case .automatic:
      legend.draw(on: &canvas, in: frame, corner: automaticCorner(legend, canvas))
    case .topLeft: legend.draw(on: &canvas, in: frame, corner: .topLeft)
    case .topRight: legend.draw(on: &canvas, in: frame, corner: .topRight)
    case .bottomLeft: legend.draw(on: &canvas, in: frame, corner: .bottomLeft)
    case .bottomRight: legend.draw(on: &canvas, in: frame, corner: .bottomRight)
    case .shared, .hidden: break
    }
  }

  private func automaticCorner(_ legend: Legend, _ canvas: some Canvas) -> PanelCorner {
    let data = panel.layers.flatMap { $0.content.occupiedPoints(mapping: mapping) }
    // A note counts for more than any data: text over text cannot be read.
    let notes = panel.notes.flatMap { note -> [PlotPoint] in
      let box = box(
        of: TextBlock(note.text, font: Typography.note, canvas: canvas), in: note.corner)
      return Array(repeating: PlotPoint(x: box.midX, y: box.midY), count: data.count + 1)
    }
    return legend.freestCorner(of: frame, avoiding: data + notes)
  }
}

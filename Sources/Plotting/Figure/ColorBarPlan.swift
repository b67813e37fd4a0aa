// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A colour bar with settled range, marks and set text.
struct ColorBarPlan {
  private static let distance = 7.0
  private static let thickness = 9.0
  private static let levels = 256

  private let scale: ResolvedColorScale
  private let axis: AxisPlan

  /// - Parameter length: the height of the bar in points.
  init(scale: ResolvedColorScale, label: String, length: Double, canvas: some Canvas) {
    self.scale = scale
    axis = AxisPlan(
      Axis(label), mapping: scale.axis, isVertical: true, length: length, canvas: canvas)
  }

  /// The room the bar takes at the right of a frame.
  var width: Double { ColorBarPlan.distance + ColorBarPlan.thickness + axis.depth }

  /// Draws the bar at the right of a frame and as high as it.
  func draw(on canvas: inout some Canvas, beside frame: PlotRectangle) {
    let bar = PlotRectangle(
      x: frame.maxX + ColorBarPlan.distance, y: frame.y, width: ColorBarPlan.thickness,
      height: frame.height)
    let pixels = (0..<ColorBarPlan.levels).reversed().map { level in
      scale.map.color(at: (Double(level) + 0.5) / Double(ColorBarPlan.levels))
    }
    canvas.drawImage(
      RasterImage(columns: 1, rows: ColorBarPlan.levels, pixels: pixels), in: bar, smooth: false)
    AxisDrawing(axis: axis, frame: bar, isOnFarSide: true).draw(on: &canvas)
    canvas.stroke(
      [PlotPoint.corners(of: bar)], closed: true,
      style: StrokeStyle(AxisDrawing.color, width: AxisDrawing.boxWidth))
  }
}

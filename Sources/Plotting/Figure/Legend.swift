// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A legend, set and ready to be placed.
struct Legend {
  private static let swatchWidth = 18.0
  private static let gap = 5.0
  private static let padding = 4.0
  private static let columnGap = 18.0
  private static let lineFactor = 1.42

  private struct Item {
    var swatch: LegendEntry.Swatch
    var text: TextBlock

    var width: Double { Legend.swatchWidth + Legend.gap + text.width }
    var height: Double { max(text.height, text.font.size * Legend.lineFactor) }
  }

  private let rows: [[Item]]

  /// A legend of one column, for the corner of a panel.
  init(stacked entries: [LegendEntry], canvas: some Canvas) {
    rows = Legend.items(entries, canvas: canvas).map { [$0] }
  }

  /// A legend of rows no wider than `width`, for the foot of a figure.
  init(spread entries: [LegendEntry], width: Double, canvas: some Canvas) {
    rows = Legend.items(entries, canvas: canvas).reduce(into: []) { rows, item in
      if let last = rows.last, Legend.rowWidth(last + [item]) <= width {
        rows[rows.count - 1].append(item)
      } else {
        rows.append([item])
      }
    }
  }

  var isEmpty: Bool { rows.isEmpty }
  var width: Double { (rows.map(Legend.rowWidth).max() ?? 0) + 2 * Legend.padding }
  var height: Double { rows.map(Legend.rowHeight).reduce(0, +) + 2 * Legend.padding }

  /// Entries with each label once, in order of first appearance.
  static func unique(_ entries: [LegendEntry]) -> [LegendEntry] {
    var seen: Set<String> = []
    return entries.filter { seen.insert($0.label).inserted }
  }

  /// Points along a polyline close enough together to tell whether a legend would cover it.
  static func samples(along line: [PlotPoint]) -> [PlotPoint] {
    let spacing = 5.0
    guard let first = line.first else { return [] }
    return zip(line, line.dropFirst()).reduce(into: [first]) { points, segment in
      let count = max(Int(of: segment.0.distance(to: segment.1) / spacing, limit: 10_000), 1)
      for index in 1...count {
        points.append(segment.0.mixed(with: segment.1, fraction: Double(index) / Double(count)))
      }
    }
  }

  /// The corner of `frame` in which the legend covers the fewest points; ties go to the right and
  /// to the top.
  func freestCorner(of frame: PlotRectangle, avoiding points: [PlotPoint]) -> PanelCorner {
    let order: [PanelCorner] = [.topRight, .topLeft, .bottomRight, .bottomLeft]
    let counts = order.map { corner in
      let box = rectangle(in: frame, corner: corner)
      return points.count { box.contains($0) }
    }
    guard let least = counts.min(), let index = counts.firstIndex(of: least) else {
      return .topRight
    }
    return order[index]
  }

  /// The legend's place in a corner.
  func rectangle(in frame: PlotRectangle, corner: PanelCorner) -> PlotRectangle {
    let inset = 3.0
    return PlotRectangle(
      x: corner.isLeft ? frame.x + inset : frame.maxX - inset - width,
      y: corner.isTop ? frame.y + inset : frame.maxY - inset - height,
      width: width, height: height)
  }

  /// Draws the legend in a corner, on a translucent ground that keeps it readable over data.
  func draw(on canvas: inout some Canvas, in frame: PlotRectangle, corner: PanelCorner) {
    guard !isEmpty else { return }
    let box = rectangle(in: frame, corner: corner)
    canvas.fill([PlotPoint.corners(of: box)], color: Color(gray: 1, alpha: 0.8))
    draw(on: &canvas, at: PlotPoint(x: box.x, y: box.y), isCentered: false)
  }

  /// Draws the legend from its top left corner, its rows centred on one another if wished.
  func draw(on canvas: inout some Canvas, at origin: PlotPoint, isCentered: Bool) {
    var top = origin.y + Legend.padding
    for row in rows {
      let slack = isCentered ? (width - 2 * Legend.padding - Legend.rowWidth(row)) / 2 : 0
      var left = origin.x + Legend.padding + slack
      let middle = top + Legend.rowHeight(row) / 2
      for item in row {
        Legend.draw(item.swatch, at: PlotPoint(x: left, y: middle), on: &canvas)
        item.text.draw(
          on: &canvas,
          at: PlotPoint(x: left + Legend.swatchWidth + Legend.gap, y: middle),
          horizontal: .leading, vertical: .middle)
        left += item.width + Legend.columnGap
      }
      top += Legend.rowHeight(row)
    }
  }

  private static func draw(
    _ swatch: LegendEntry.Swatch, at left: PlotPoint, on canvas: inout some Canvas
  ) {
    let center = PlotPoint(x: left.x + swatchWidth / 2, y: left.y)
    switch swatch {
    case .line(let style, let marker):
      let end = PlotPoint(x: left.x + swatchWidth, y: left.y)
      canvas.stroke([[left, end]], closed: false, style: style)
      if let marker { canvas.drawMarkers(marker, at: [center], colors: [style.color]) }
    case .marker(let marker, let color):
      canvas.drawMarkers(marker, at: [center], colors: [color])
    case .patch(let color):
      let box = PlotRectangle(x: left.x + 2, y: left.y - 4, width: swatchWidth - 4, height: 8)
      canvas.fill([PlotPoint.corners(of: box)], color: color)
    }
  }

  private static func items(_ entries: [LegendEntry], canvas: some Canvas) -> [Item] {
    entries.map {
      Item(
        swatch: $0.swatch, text: TextBlock($0.label, font: Typography.legend, canvas: canvas))
    }
  }

  private static func rowWidth(_ row: [Item]) -> Double {
    row.map(\.width).reduce(0, +) + columnGap * Double(max(row.count - 1, 0))
  }

  private static func rowHeight(_ row: [Item]) -> Double { row.map(\.height).max() ?? 0 }
}

extension PlotPoint {
  /// The corners of a rectangle, in order around it.
  static func corners(of box: PlotRectangle) -> [PlotPoint] {
    [
      PlotPoint(x: box.x, y: box.y), PlotPoint(x: box.maxX, y: box.y),
      PlotPoint(x: box.maxX, y: box.maxY), PlotPoint(x: box.x, y: box.maxY),
    ]
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The frames of the rows and columns.
struct GridTracks {
  static let defaultAspect = 0.75
  private static let highestAspect = 1.6

  let columns: [ClosedRange<Double>]
  let rows: [ClosedRange<Double>]
  let frameHeight: Double
  let fixedHeight: Double

  static let empty = GridTracks(columns: [], rows: [], frameHeight: 0, fixedHeight: 0)

  private init(
    columns: [ClosedRange<Double>], rows: [ClosedRange<Double>], frameHeight: Double,
    fixedHeight: Double
  ) {
    self.columns = columns
    self.rows = rows
    self.frameHeight = frameHeight
    self.fixedHeight = fixedHeight
  }

  init(
    _ grid: PanelGrid, plans: [PanelPlan], origin: PlotPoint, width: Double, stretch: Double
  ) {
    let across = GridGutters(
      count: grid.columnCount, spacing: grid.spacing,
      items: zip(grid.cells, plans).map {
        ($0.column, $0.columnSpan, $1.insets.left, $1.insets.right)
      })
    let down = GridGutters(
      count: grid.rowCount, spacing: grid.spacing,
      items: zip(grid.cells, plans).map { ($0.row, $0.rowSpan, $1.insets.top, $1.insets.bottom) })
    let least = 8.0
    let shares = GridTracks.shares(grid.columnWidths, count: grid.columnCount)
    let total = shares.reduce(0, +)
    let room = max(width - across.total, least * Double(grid.columnCount))
    let heights = GridTracks.aspects(grid, plans: plans).map { aspect in
      max(aspect * room / Double(grid.columnCount) * stretch, least)
    }
    columns = across.tracks(of: shares.map { $0 / total * room }, from: origin.x)
    rows = down.tracks(of: heights, from: origin.y)
    frameHeight = heights.reduce(0, +)
    fixedHeight = down.total
  }

  /// The block of frames a panel fills.
  func box(of cell: PlacedPanel) -> PlotRectangle {
    let left = columns[cell.column].lowerBound
    let right = columns[cell.column + cell.columnSpan - 1].upperBound
    let top = rows[cell.row].lowerBound
    let bottom = rows[cell.row + cell.rowSpan - 1].upperBound
    return PlotRectangle(x: left, y: top, width: right - left, height: bottom - top)
  }

  private static func shares(_ widths: [Double], count: Int) -> [Double] {
    guard !widths.isEmpty else { return Array(repeating: 1, count: count) }
    precondition(
      widths.count == count && widths.allSatisfy { $0 > 0 },
      "a grid of \(count) columns needs as many positive widths")
    return widths
  }

  private static func aspects(_ grid: PanelGrid, plans: [PanelPlan]) -> [Double] {
    guard grid.rowHeights.isEmpty else {
      precondition(
        grid.rowHeights.count == grid.rowCount && grid.rowHeights.allSatisfy { $0 > 0 },
        "a grid of \(grid.rowCount) rows needs as many positive heights")
      return grid.rowHeights
    }
    return (0..<grid.rowCount).map { row in
      let aspects = zip(grid.cells, plans).filter { cell, _ in
        cell.row == row && cell.rowSpan == 1
      }.map { cell, plan in plan.naturalAspect.map { $0 * Double(cell.columnSpan) } }
      let known = aspects.compactMap { $0 }
      return min(known.max() ?? defaultAspect, highestAspect)
    }
  }
}

/// The room between the frames of neighbouring rows or columns.
private struct GridGutters {
  private var before: [Double]
  private var after: [Double]
  private let spacing: Double

  /// - Parameter items: the first track, number of tracks, and room before and after each panel.
  init(count: Int, spacing: Double, items: [(Int, Int, Double, Double)]) {
    before = Array(repeating: 0, count: count)
    after = Array(repeating: 0, count: count)
    self.spacing = spacing
    for (first, span, leading, trailing) in items {
      before[first] = max(before[first], leading)
      after[first + span - 1] = max(after[first + span - 1], trailing)
    }
  }

  var total: Double {
    before.reduce(0, +) + after.reduce(0, +) + spacing * Double(before.count - 1)
  }

  func tracks(of lengths: [Double], from start: Double) -> [ClosedRange<Double>] {
    var position = start
    return lengths.indices.map { index in
      let lower = position + before[index]
      let upper = lower + lengths[index]
      position = upper + after[index] + spacing
      return lower...upper
    }
  }
}

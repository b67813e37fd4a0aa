// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The places of a grid's panels and titles on the page.
struct GridLayout {
  struct Cell {
    var plan: PanelPlan
    /// Where the panel's data are drawn.
    var frame: PlotRectangle
    /// The frame with everything that belongs to the panel around it.
    var outline: PlotRectangle
  }

  private static let titleGap = 6.0

  let grid: PanelGrid
  let cells: [Cell]
  let columnTitles: [TextBlock]
  let rowTitles: [TextBlock]
  let rowLetters: [TextBlock]
  let colorBar: ColorBarPlan?
  let origin: PlotPoint
  /// The height of the rows' frames.
  let frameHeight: Double
  /// The height of everything else.
  let fixedHeight: Double
  let columns: [ClosedRange<Double>]
  let rows: [ClosedRange<Double>]

  var height: Double { frameHeight + fixedHeight }

  /// Lays a grid out below and to the right of `origin`.
  ///
  /// - Parameters:
  ///   - firstLetter: the position in the alphabet of the grid's first letter.
  ///   - width: the width to fill.
  ///   - stretch: the factor on the natural heights of the rows.
  init(
    _ grid: PanelGrid, firstLetter: Int, origin: PlotPoint, width: Double, stretch: Double,
    canvas: some Canvas
  ) {
    let titles = GridTitles(grid, firstLetter: firstLetter, width: width, canvas: canvas)
    var sizes = grid.cells.map { cell in
      let side = width / Double(grid.columnCount) * 0.75 * Double(cell.columnSpan)
      return (width: side, height: side * GridTracks.defaultAspect)
    }
    var plans: [PanelPlan] = []
    var tracks = GridTracks.empty
    var bar: ColorBarPlan?
    // Ticks depend on the size of a frame, and its size on the room the ticks' labels take: the
    // second round settles both.
    for _ in 0..<2 {
      plans = zip(grid.cells, sizes).enumerated().map { index, pair in
        PanelPlan(
          pair.0.panel, letter: titles.panelLetters[index], width: pair.1.width,
          height: pair.1.height, canvas: canvas)
      }
      bar = grid.colorBar.flatMap { bar in
        bar.scale(for: grid.cells.map(\.panel)).map {
          let length = tracks.rows.last.map { $0.upperBound - tracks.rows[0].lowerBound } ?? 100
          return ColorBarPlan(scale: $0, label: bar.label, length: length, canvas: canvas)
        }
      }
      tracks = GridTracks(
        grid, plans: plans,
        origin: PlotPoint(x: origin.x + titles.leftStrip, y: origin.y + titles.topStrip),
        width: width - titles.leftStrip - (bar?.width ?? 0), stretch: stretch)
      sizes = grid.cells.map { cell in
        let box = tracks.box(of: cell)
        return (box.width, box.height)
      }
    }
    self.grid = grid
    self.origin = origin
    cells = zip(grid.cells, plans).map { cell, plan in
      let frame = plan.frame(in: tracks.box(of: cell))
      let insets = plan.insets
      return Cell(
        plan: plan, frame: frame,
        outline: PlotRectangle(
          x: frame.x - insets.left, y: frame.y - insets.top,
          width: frame.width + insets.left + insets.right,
          height: frame.height + insets.top + insets.bottom))
    }
    precondition(
      grid.columnTitles.count <= grid.columnCount && grid.rowTitles.count <= grid.rowCount,
      "a grid has at most one title for each row and each column")
    columnTitles = titles.columns
    rowTitles = titles.rows
    rowLetters = titles.rowLetters
    colorBar = bar
    columns = tracks.columns
    rows = tracks.rows
    frameHeight = tracks.frameHeight
    fixedHeight = tracks.fixedHeight + titles.topStrip
  }

  func draw(on canvas: inout some Canvas) {
    for cell in cells { PanelDrawing(plan: cell.plan, frame: cell.frame).draw(on: &canvas) }
    drawTitles(on: &canvas)
    guard let colorBar, let left = columns.first, let right = columns.last,
      let top = rows.first, let bottom = rows.last
    else { return }
    colorBar.draw(
      on: &canvas,
      beside: PlotRectangle(
        x: left.lowerBound, y: top.lowerBound, width: right.upperBound - left.lowerBound,
        height: bottom.upperBound - top.lowerBound))
  }

  private func drawTitles(on canvas: inout some Canvas) {
    let topTitle = columnTitles.map(\.height).max() ?? 0
    for ((title, block), column) in zip(zip(grid.columnTitles, columnTitles), columns) {
      block.draw(
        on: &canvas,
        at: PlotPoint(
          x: (column.lowerBound + column.upperBound) / 2, y: origin.y + topTitle),
        horizontal: .center, vertical: .bottom, color: title.color)
    }
    for ((title, block), row) in zip(zip(grid.rowTitles, rowTitles), rows) {
      block.draw(
        on: &canvas,
        at: PlotPoint(x: origin.x, y: (row.lowerBound + row.upperBound) / 2),
        horizontal: .center, vertical: .top, upwards: true, color: title.color)
    }
    for (letter, row) in zip(rowLetters, rows) {
      letter.draw(
        on: &canvas, at: PlotPoint(x: origin.x, y: row.lowerBound), horizontal: .leading,
        vertical: .top)
    }
  }

  /// The set titles and letters of a grid and the room they take.
  private struct GridTitles {
    let columns: [TextBlock]
    let rows: [TextBlock]
    let rowLetters: [TextBlock]
    let panelLetters: [String]
    let leftStrip: Double
    let topStrip: Double

    init(_ grid: PanelGrid, firstLetter: Int, width: Double, canvas: some Canvas) {
      func set(_ text: String, maximumWidth: Double = .infinity) -> TextBlock {
        TextBlock(
          text, font: Typography.gridTitle, maximumWidth: maximumWidth, canvas: canvas)
      }
      let columnWidth = width / Double(grid.columnCount)
      columns = grid.columnTitles.map { set($0.text, maximumWidth: columnWidth) }
      rows = grid.rowTitles.map { set($0.text) }
      switch grid.lettering {
      case .eachPanel:
        rowLetters = []
        panelLetters = grid.cells.indices.map { PanelLettering.letter(firstLetter + $0) }
      case .eachRow:
        rowLetters = (0..<grid.rowCount).map { set(PanelLettering.letter(firstLetter + $0)) }
        panelLetters = grid.cells.map { _ in "" }
      case .none:
        rowLetters = []
        panelLetters = grid.cells.map { _ in "" }
      }
      let strips = [rows.map(\.height).max() ?? 0, rowLetters.map(\.width).max() ?? 0]
      let left = strips.reduce(0, max)
      leftStrip = left > 0 ? left + GridLayout.titleGap : 0
      let top = columns.map(\.height).max() ?? 0
      topStrip = top > 0 ? top + GridLayout.titleGap : 0
    }
  }
}

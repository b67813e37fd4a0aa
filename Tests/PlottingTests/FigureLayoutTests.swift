// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Layout of figures")
struct FigureLayoutTests {
  private func curve(_ title: String = "", label: String? = nil) -> Panel {
    Panel(
      title: title, x: Axis("step"), y: Axis("loss", scale: .log10), legend: .shared,
      layers: [.line(Line(x: [0, 1000], y: [0.01, 30], color: .black, label: label))])
  }

  private var cloud: Panel {
    .plane(
      x: -3...3, y: -3...3,
      layers: [.scatter(Scatter(x: [0, 1], y: [0, 1], color: .black))])
  }

  private func layout(_ figure: Figure) -> FigureLayout {
    FigureLayout(figure, canvas: RecordingCanvas())
  }

  private func expectDisjoint(_ layout: FigureLayout) {
    let outlines = layout.grids.flatMap { $0.cells.map(\.outline) }
    let page = PlotRectangle(x: 0, y: 0, width: layout.width, height: layout.height)
    for (index, outline) in outlines.enumerated() {
      #expect(page.contains(PlotPoint(x: outline.x, y: outline.y)))
      #expect(page.contains(PlotPoint(x: outline.maxX, y: outline.maxY)))
      for other in outlines.dropFirst(index + 1) { #expect(!outline.overlaps(other)) }
    }
  }

  private var matrix: Figure {
    Figure(
      width: 1100, title: "Title",
      grids: [
        PanelGrid(
          rows: Array(repeating: Array(repeating: cloud, count: 6), count: 3),
          rowTitles: ["samples", "trajectories", "grid"],
          columnTitles: ["a", "b", "c", "d", "e", "f"], spacing: 8, lettering: .eachRow),
        PanelGrid(rows: [[curve("LED", label: "iSD"), curve("error"), curve("norm")]]),
      ], caption: "A caption.")
  }

  @Test("Panels of a matrix and of the row below it do not overlap and stay on the page")
  func matrixIsDisjoint() {
    let layout = layout(matrix)
    #expect(layout.grids.map { $0.cells.count } == [18, 3])
    expectDisjoint(layout)
  }

  @Test("Frames of a matrix are squares of one size in line with each other")
  func aligned() {
    let cells = layout(matrix).grids[0].cells.map { $0.frame }
    for frame in cells {
      #expect(abs(frame.width - frame.height) < 1e-6)
      #expect(abs(frame.width - cells[0].width) < 1e-6)
    }
    for column in 0..<6 {
      #expect(abs(cells[column].x - cells[column + 6].x) < 1e-6)
      #expect(abs(cells[column].x - cells[column + 12].x) < 1e-6)
    }
  }

  @Test("Letters run on from the rows of a matrix to the panels below")
  func letters() {
    var canvas = RecordingCanvas()
    matrix.draw(on: &canvas)
    let letters = canvas.texts.filter { $0.hasPrefix("(") }.sorted()
    #expect(letters == ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)"])
  }

  @Test("Titles, row titles, column titles, legend and caption are all drawn")
  func texts() {
    var canvas = RecordingCanvas()
    matrix.draw(on: &canvas)
    for text in ["Title", "samples", "trajectories", "grid", "f", "iSD", "A caption.", " LED"] {
      #expect(canvas.texts.contains(text), "\(text)")
    }
  }

  @Test("Every text starts on the page")
  func textsOnPage() {
    var canvas = RecordingCanvas()
    let page = matrix.draw(on: &canvas)
    for command in canvas.commands {
      guard case .text(let text, let font, let origin, let upwards, _) = command else { continue }
      #expect(page.contains(origin), "\(text)")
      let width = canvas.textWidth(text, font: font)
      let end = PlotPoint(
        x: origin.x + (upwards ? 0 : width), y: origin.y - (upwards ? width : 0))
      #expect(page.contains(end), "\(text)")
    }
  }

  @Test("Spanning panels reach from the first to the last of their cells")
  func spans() {
    let figure = Figure(
      width: 800, height: 500,
      grids: [
        PanelGrid(
          cells: [
            PlacedPanel(curve(), row: 0, column: 0, columnSpan: 2),
            PlacedPanel(curve(), row: 0, column: 2, rowSpan: 2),
            PlacedPanel(curve(), row: 1, column: 0), PlacedPanel(curve(), row: 1, column: 1),
          ], columnWidths: [1, 1, 2])
      ])
    let layout = layout(figure)
    expectDisjoint(layout)
    let frames = layout.grids[0].cells.map { $0.frame }
    #expect(frames[0].x == frames[2].x && frames[0].maxX == frames[3].maxX)
    #expect(frames[1].y == frames[0].y && frames[1].maxY == frames[2].maxY)
    #expect(abs(frames[1].width - 2 * frames[2].width) < 1e-6)
  }

  @Test("A figure of given height has it, one without takes what its rows ask for")
  func heights() {
    var figure = Figure(width: 500, panels: [curve(), curve()], columns: 1)
    let natural = layout(figure)
    let frame = natural.grids[0].cells[0].frame
    #expect(abs(frame.height / frame.width - 0.75) < 1e-6)
    figure.height = 900
    let tall = layout(figure)
    #expect(tall.height == 900)
    let bottom = tall.grids[0].cells.map { $0.outline.maxY }.max() ?? 0
    #expect(abs(900 - 12 - bottom) < 1)
  }

  @Test("Row heights are relative to the width of a column")
  func rowHeights() {
    let figure = Figure(
      width: 600, grids: [PanelGrid(rows: [[curve()], [curve()]], rowHeights: [0.5, 0.25])])
    let frames = layout(figure).grids[0].cells.map { $0.frame }
    #expect(abs(frames[0].height / frames[0].width - 0.5) < 1e-6)
    #expect(abs(frames[1].height / frames[1].width - 0.25) < 1e-6)
  }

  @Test("Equal aspect gives both axes one unit")
  func equalAspect() {
    let panel = Panel(
      x: Axis(range: 0...4), y: Axis(range: 0...1), hasEqualAspect: true, layers: [])
    let frame = layout(Figure(width: 400, panels: [panel], columns: 1)).grids[0].cells[0].frame
    #expect(abs(frame.width / frame.height - 4) < 1e-6)
  }

  @Test("Colour bars take room at the right of a panel or of a grid")
  func colorBars() {
    let grid = ScalarGrid(x: 0...1, y: 0...1, columns: 2, rows: 2) { $0 + $1 }
    var panel = Panel(layers: [.heatMap(HeatMap(grid: grid))])
    let bare = layout(Figure(width: 400, panels: [panel], columns: 1))
    panel.colorBar = ColorBar("density")
    let own = layout(Figure(width: 400, panels: [panel], columns: 1))
    #expect(own.grids[0].cells[0].frame.maxX < bare.grids[0].cells[0].frame.maxX - 20)
    panel.colorBar = nil
    let shared = layout(
      Figure(width: 400, grids: [PanelGrid(rows: [[panel, panel]], colorBar: ColorBar("density"))]))
    #expect((shared.grids[0].cells.map { $0.outline.maxX }.max() ?? 0) < 370)
    var canvas = RecordingCanvas()
    shared.draw(on: &canvas)
    #expect(canvas.texts.contains("density"))
  }

  @Test("Letters go on after (z)")
  func letterNames() {
    #expect(
      [0, 25, 26, 51, 52].map(PanelLettering.letter) == ["(a)", "(z)", "(aa)", "(az)", "(ba)"])
  }
}

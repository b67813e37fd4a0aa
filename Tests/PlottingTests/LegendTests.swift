// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Legend")
struct LegendTests {
  private let entries = ["direct", "ESD", "iSD"].map {
    LegendEntry($0, .line(StrokeStyle(.black), marker: nil))
  }
  private let frame = PlotRectangle(x: 10, y: 20, width: 200, height: 150)

  @Test("The automatic corner is the one without data", arguments: PanelCorner.allCases)
  func freeCorner(_ free: PanelCorner) {
    let legend = Legend(stacked: entries, canvas: RecordingCanvas())
    let taken = PanelCorner.allCases.filter { $0 != free }.map { corner in
      let box = legend.rectangle(in: frame, corner: corner)
      return PlotPoint(x: box.midX, y: box.midY)
    }
    #expect(legend.freestCorner(of: frame, avoiding: taken) == free)
  }

  @Test("A panel's legend stands clear of its curve and its note")
  func panel() throws {
    let rising = Line(x: [0, 1], y: [0, 1], color: .black, label: "rising")
    let figure = Figure(
      width: 300,
      panels: [
        Panel(notes: [CornerNote("note", .topLeft)], layers: [.line(rising)])
      ], columns: 1)
    var canvas = RecordingCanvas()
    figure.draw(on: &canvas)
    let frame = FigureLayout(figure, canvas: canvas).grids[0].cells[0].frame
    let origin = try #require(
      canvas.commands.compactMap { command -> PlotPoint? in
        guard case .text("rising", _, let origin, _, _) = command else { return nil }
        return origin
      }.first)
    #expect(origin.x > frame.midX && origin.y > frame.midY)
  }

  @Test("It fits into its frame's corner")
  func inside() {
    let legend = Legend(stacked: entries, canvas: RecordingCanvas())
    for corner in PanelCorner.allCases {
      let box = legend.rectangle(in: frame, corner: corner)
      #expect(box.x >= frame.x && box.maxX <= frame.maxX)
      #expect(box.y >= frame.y && box.maxY <= frame.maxY)
    }
  }

  @Test("A spread legend breaks into rows no wider than asked")
  func spread() {
    let one = Legend(spread: entries, width: 1000, canvas: RecordingCanvas())
    let many = Legend(spread: entries, width: 100, canvas: RecordingCanvas())
    #expect(many.height > one.height && many.width < one.width)
  }

  @Test("Each label appears once")
  func unique() {
    #expect(Legend.unique(entries + entries) == entries)
  }

  @Test("Samples along a line are close together and end where it ends")
  func samples() {
    let points = Legend.samples(along: [PlotPoint(x: 0, y: 0), PlotPoint(x: 100, y: 0)])
    #expect(points.last == PlotPoint(x: 100, y: 0))
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.distance(to: $1) < 6 })
  }
}

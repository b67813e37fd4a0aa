// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Panels")
struct PanelTests {
  private func recorded(_ panel: Panel) -> RecordingCanvas {
    var canvas = RecordingCanvas()
    Figure(width: 300, panels: [panel], columns: 1).draw(on: &canvas)
    return canvas
  }

  @Test("A panel without any drawable data still has its axes and labels")
  func empty() {
    let canvas = recorded(
      Panel(
        title: "Nothing", x: Axis("$t$"), y: Axis("loss", scale: .log10),
        layers: [
          .line(Line(x: [.nan, 1], y: [1, .infinity], color: .black)),
          .scatter(Scatter(x: [], y: [], color: .black)),
        ]))
    for text in ["loss", "(a)", " Nothing", "t", "0.0", "1.0"] {
      #expect(canvas.texts.contains(text), "\(text)")
    }
    #expect(canvas.commands.allSatisfy { $0.isFinite })
  }

  @Test("Layers are drawn within the frame, axes outside any limit")
  func clipping() throws {
    let canvas = recorded(Panel(layers: [.line(Line(x: [0, 1], y: [0, 1], color: .black))]))
    let push = try #require(
      canvas.commands.firstIndex { if case .pushClip = $0 { true } else { false } })
    let pop = try #require(canvas.commands.firstIndex(of: .popClip))
    #expect(pop == push + 2)
    #expect(canvas.commands[push + 1].strokedLines != nil)
  }

  @Test("A bare frame shows neither marks nor labels, a plane no marks")
  func bare() {
    let layer = Layer.line(Line(x: [0, 1], y: [0, 1], color: .black))
    #expect(recorded(Panel(x: Axis("x"), frame: .none, layers: [layer])).texts == ["(a)"])
    #expect(recorded(.plane(layers: [layer])).texts == ["(a)"])
  }

  @Test("Unlabelled ticks keep the marks without the numbers")
  func unlabelled() {
    let layer = Layer.line(Line(x: [0, 1], y: [0, 1], color: .black))
    let canvas = recorded(
      Panel(x: Axis(ticks: .unlabelled), y: Axis(ticks: .unlabelled), layers: [layer]))
    #expect(canvas.texts == ["(a)"])
    let marks = canvas.commands.compactMap { $0.strokedLines }.filter { $0.count > 2 }
    #expect(marks.count == 2)
  }

  @Test("Given ticks replace automatic ones; those outside are left out")
  func givenTicks() {
    let layer = Layer.line(Line(x: [0, 1], y: [0, 1], color: .black))
    let ticks = [Tick(0, "start"), Tick(1, "end"), Tick(5, "beyond")]
    let canvas = recorded(
      Panel(x: Axis(ticks: .at(ticks)), y: Axis(ticks: .none), layers: [layer]))
    #expect(canvas.texts.contains("start") && canvas.texts.contains("end"))
    #expect(!canvas.texts.contains("beyond"))
  }

  @Test("A reversed axis counts leftwards")
  func reversed() throws {
    let layer = Layer.line(Line(x: [0, 1], y: [0, 1], color: .black))
    let canvas = recorded(
      Panel(x: Axis(range: 0...1, isReversed: true), y: Axis(ticks: .none), layers: [layer]))
    let line = try #require(
      canvas.commands.first { if case .stroke = $0 { true } else { false } }?.strokedLines?.first)
    #expect(line[0].x > line[1].x)
  }

  @Test("A common power of ten joins the axis label")
  func exponent() {
    let layer = Layer.line(Line(x: [0, 3e6], y: [0, 1], color: .black))
    let canvas = recorded(Panel(x: Axis("step"), layers: [layer]))
    #expect(canvas.texts.contains { $0.hasPrefix("step") && $0.hasSuffix("\u{00D7}10") })
  }

  @Test("Notes stand in their corners", arguments: PanelCorner.allCases)
  func notes(_ corner: PanelCorner) throws {
    let panel = Panel(notes: [CornerNote("note", corner)], layers: [])
    let figure = Figure(width: 300, panels: [panel], columns: 1)
    var canvas = RecordingCanvas()
    figure.draw(on: &canvas)
    let frame = FigureLayout(figure, canvas: canvas).grids[0].cells[0].frame
    let origin = try #require(
      canvas.commands.compactMap { command -> PlotPoint? in
        guard case .text("note", _, let origin, _, _) = command else { return nil }
        return origin
      }.first)
    #expect((origin.x < frame.midX) == corner.isLeft)
    #expect((origin.y < frame.midY) == corner.isTop)
    #expect(frame.contains(origin))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Plotting

@Suite("Recording canvas")
struct RecordingCanvasTests {
  private var recorded: RecordingCanvas {
    var canvas = RecordingCanvas()
    canvas.pushClip(PlotRectangle(x: 0, y: 0, width: 9, height: 9))
    canvas.drawText(
      "a", font: Font(size: 10), at: PlotPoint(x: 1, y: 2), upwards: false, color: .black)
    canvas.popClip()
    return canvas
  }

  @Test("Commands are kept in order with their data")
  func order() {
    #expect(
      recorded.commands == [
        .pushClip(PlotRectangle(x: 0, y: 0, width: 9, height: 9)),
        .text(
          "a", font: Font(size: 10), origin: PlotPoint(x: 1, y: 2), upwards: false, color: .black),
        .popClip,
      ])
    #expect(recorded.texts == ["a"])
  }

  @Test("Text widths are in proportion to count and size, wider when bold")
  func metrics() {
    let canvas = RecordingCanvas()
    let width = canvas.textWidth("abcd", font: Font(size: 10))
    #expect(abs(canvas.textWidth("ab", font: Font(size: 20)) - width) < 1e-12)
    #expect(canvas.textWidth("abcd", font: Font(size: 10, bold: true)) > width)
  }

  @Test("Commands survive encoding")
  func codable() throws {
    let data = try JSONEncoder().encode(recorded.commands)
    #expect(try JSONDecoder().decode([DrawingCommand].self, from: data) == recorded.commands)
  }
}

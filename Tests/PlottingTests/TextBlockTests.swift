// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Setting text")
struct TextBlockTests {
  private let font = Font(size: 10)
  private let canvas = RecordingCanvas()

  @Test("No line of wrapped text is wider than asked, and no word is lost")
  func wrapping() {
    let text = "one two three four five six seven eight nine ten eleven twelve"
    let block = TextBlock(text, font: font, maximumWidth: 120, canvas: canvas)
    #expect(block.lines.count > 1)
    #expect(block.width <= 120)
    let words = block.lines.map { $0.runs.map(\.text).joined() }.joined(separator: " ")
    #expect(words == text)
  }

  @Test("A word wider than the line stands alone")
  func longWord() {
    let block = TextBlock("a incomprehensibilities b", font: font, maximumWidth: 40, canvas: canvas)
    #expect(
      block.lines.map { $0.runs.map(\.text).joined() } == ["a", "incomprehensibilities", "b"])
  }

  @Test("Words on one baseline reach the canvas in one piece")
  func joining() {
    let block = TextBlock("flow map error", font: font, canvas: canvas)
    #expect(block.lines.map { $0.runs.map(\.text) } == [["flow map error"]])
  }

  @Test("Scripts are smaller, below and above the baseline, at one place")
  func scripts() throws {
    let runs = try #require(TextBlock("x_t^2", font: font, canvas: canvas).lines.first).runs
    #expect(runs.map(\.text) == ["x", "t", "2"])
    #expect(runs[1].rise < 0 && runs[2].rise > 0)
    #expect(runs[1].x == runs[2].x)
    #expect(runs[1].font.size < font.size)
  }

  @Test("A line with a superscript is higher")
  func height() {
    let plain = TextBlock("10", font: font, canvas: canvas)
    let raised = TextBlock("10^3", font: font, canvas: canvas)
    #expect(raised.height > plain.height)
  }

  @Test("Anchors place the block beside the point")
  func anchors() throws {
    let block = TextBlock("abc", font: font, canvas: canvas)
    let anchor = PlotPoint(x: 50, y: 50)
    func origin(_ horizontal: HorizontalAnchor, _ vertical: VerticalAnchor, upwards: Bool = false)
      throws -> PlotPoint
    {
      var canvas = RecordingCanvas()
      block.draw(
        on: &canvas, at: anchor, horizontal: horizontal, vertical: vertical, upwards: upwards)
      guard case .text(_, _, let origin, _, _)? = canvas.commands.first else {
        throw PlottingError.rendering(path: "", cause: "nothing drawn")
      }
      return origin
    }
    #expect(isClose(try origin(.leading, .bottom), PlotPoint(x: 50, y: 50 - font.descent)))
    #expect(
      isClose(try origin(.trailing, .top), PlotPoint(x: 50 - block.width, y: 50 + font.ascent)))
    #expect(
      isClose(
        try origin(.center, .middle),
        PlotPoint(x: 50 - block.width / 2, y: 50 + font.capHeight / 2)))
    // Read upwards, the start of the text is at the bottom and its top at the left.
    #expect(
      isClose(
        try origin(.leading, .bottom, upwards: true), PlotPoint(x: 50 - font.descent, y: 50)))
    #expect(
      isClose(
        try origin(.center, .bottom, upwards: true),
        PlotPoint(x: 50 - font.descent, y: 50 + block.width / 2)))
  }

  @Test("Empty text takes no room")
  func empty() {
    let block = TextBlock("", font: font, canvas: canvas)
    #expect(block.isEmpty && block.width == 0 && block.height == 0)
  }
}

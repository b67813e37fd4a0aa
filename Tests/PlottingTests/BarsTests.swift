// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Bars layer")
struct BarsTests {
  @Test("A bar stands on the base with its width and height")
  func shape() throws {
    let drawn = commands(
      of: .bars(Bars(x: [0.5], heights: [0.8], width: 0.2, colors: [Palette.blue])))
    let bar = try #require(drawn.first?.filledPolygons?.first)
    #expect(abs(area(of: bar) - 20 * 80) < 1e-6)
    #expect(bar.map { $0.y }.max() == 100)
  }

  @Test("Each bar takes its own colour, and missing heights have no bar")
  func colors() {
    let drawn = commands(
      of: .bars(
        Bars(
          x: [0.2, 0.5, 0.8], heights: [1, .nan, 0.5], width: 0.1,
          colors: [Palette.blue, Palette.green, Palette.orange])))
    #expect(drawn.map { $0.color } == [Palette.blue, Palette.orange])
  }

  @Test("On a logarithmic axis bars stand on the bottom of the axis")
  func logarithmic() throws {
    let drawn = commands(
      of: .bars(Bars(x: [0.5], heights: [10], width: 0.2, colors: [.black])),
      mapping: unitMapping(y: 1...100, yScale: .log10))
    let bar = try #require(drawn.first?.filledPolygons?.first)
    #expect(abs(area(of: bar) - 20 * 50) < 1e-6)
  }

  @Test("The axis ends at the base, without a margin below")
  func base() {
    let extent = extent(of: .bars(Bars(x: [1], heights: [4], colors: [.black])))
    let range = Axis().mapping(for: extent.y, isFilled: false).range
    #expect(range.lowerBound == 0)
    #expect(range.upperBound > 4)
  }

  @Test("Errors add error bars")
  func errors() throws {
    let drawn = commands(
      of: .bars(Bars(x: [0.5], heights: [0.5], errors: [0.2], width: 0.1, colors: [.black])))
    let lines = try #require(drawn.last?.strokedLines)
    #expect(
      lines.contains {
        isClose($0[0], PlotPoint(x: 50, y: 30)) && isClose($0[1], PlotPoint(x: 50, y: 70))
      })
  }
}

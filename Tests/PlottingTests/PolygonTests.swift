// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Polygon layer")
struct PolygonTests {
  private let square = [(0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6)].map {
    PlotPoint(x: $0.0, y: $0.1)
  }

  @Test("The fill has the polygon's area and the outline closes")
  func shape() throws {
    let drawn = commands(
      of: .polygon(Polygon(square, fill: Palette.yellow, stroke: StrokeStyle(.black))))
    let fill = try #require(drawn.first?.filledPolygons?.first)
    #expect(abs(area(of: fill) - 1600) < 1e-6)
    let outline = try #require(drawn.last?.strokedLines?.first)
    #expect(outline.count == 5 && outline.first == outline.last)
  }

  @Test("The legend shows the fill, or else the outline")
  func legend() {
    #expect(
      Polygon(square, fill: .black, label: "a").legendEntry == LegendEntry("a", .patch(.black)))
    #expect(
      Polygon(square, stroke: StrokeStyle(.black), label: "a").legendEntry
        == LegendEntry("a", .line(StrokeStyle(.black), marker: nil)))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Line layer")
struct LineTests {
  @Test("A line goes through its data, y upwards")
  func points() throws {
    let drawn = commands(of: .line(Line(x: [0, 0.5, 1], y: [0, 1, 0.25], color: .black)))
    let lines = try #require(drawn.first?.strokedLines)
    #expect(drawn.count == 1)
    #expect(
      lines == [[PlotPoint(x: 0, y: 100), PlotPoint(x: 50, y: 0), PlotPoint(x: 100, y: 75)]])
  }

  @Test("Data that are not finite break the line and are not drawn")
  func broken() throws {
    let layer = Layer.line(
      Line(
        x: [0, 0.2, 0.4, 0.6, 0.8, 1], y: [0, 0.1, .nan, 0.3, 0.4, .infinity], color: .black,
        marker: Marker()))
    let drawn = commands(of: layer)
    #expect(drawn.allSatisfy { $0.isFinite })
    #expect(drawn.first?.strokedLines?.map { $0.count } == [2, 2])
    #expect(drawn.last?.markerCenters?.count == 4)
  }

  @Test("On a logarithmic axis what is not positive breaks the line")
  func logarithmic() throws {
    let layer = Layer.line(
      Line(x: [0, 0.25, 0.5, 0.75, 1], y: [1, 10, 0, 10, 100], color: .black))
    let drawn = commands(of: layer, mapping: unitMapping(y: 1...100, yScale: .log10))
    let lines = try #require(drawn.first?.strokedLines)
    #expect(lines.map { $0.count } == [2, 2])
    #expect(isClose(lines[0][1], PlotPoint(x: 25, y: 50)))
  }

  @Test("A band spans mean plus and minus error, behind the line and translucent")
  func band() throws {
    let layer = Layer.line(
      Line(x: [0, 1], mean: [0.5, 0.5], error: [0.1, 0.2], color: Palette.blue))
    let drawn = commands(of: layer)
    let polygon = try #require(drawn.first?.filledPolygons?.first)
    // A trapezium of sides 0.2 and 0.4 over unit width, on 100 x 100 points.
    #expect(abs(area(of: polygon) - 0.3 * 10_000) < 1e-6)
    #expect((drawn.first?.color?.alpha ?? 1) < 0.5)
    #expect(drawn.last?.strokedLines?.count == 1)
  }

  @Test("The extent holds the band")
  func extentOfBand() {
    let extent = extent(
      of: .line(Line(x: [0, 2], mean: [1, 1], error: [0.5, 0.25], color: .black)))
    #expect(extent.x.range(scale: .linear, fixed: nil) == 0...2)
    #expect(extent.y.range(scale: .linear, fixed: nil) == 0.5...1.5)
  }

  @Test("Values beyond all measure stay near the frame")
  func exploded() {
    let drawn = commands(of: .line(Line(x: [0, 0.5, 1], y: [0, 1e250, 0], color: .black)))
    let points = drawn.compactMap { $0.strokedLines }.flatMap { $0 }.flatMap { $0 }
    #expect(!points.isEmpty)
    #expect(points.allSatisfy { unitMapping().bounds.expanded(by: 1e-6).contains($0) })
  }

  @Test("A label makes a legend entry in the line's style")
  func legend() {
    let line = Line(x: [], y: [], color: .black, dash: .dotted, label: "iSD")
    #expect(line.legendEntry == LegendEntry("iSD", .line(line.stroke, marker: nil)))
    #expect(Line(x: [], y: [], color: .black).legendEntry == nil)
  }
}

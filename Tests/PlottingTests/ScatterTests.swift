// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Scatter layer")
struct ScatterTests {
  @Test("Every finite datum has one marker at its place")
  func centers() throws {
    let drawn = commands(
      of: .scatter(Scatter(x: [0, 0.5, .nan, 1], y: [0, 0.5, 0.5, .infinity], color: .black)))
    #expect(drawn.count == 1)
    #expect(drawn.first?.markerCenters == [PlotPoint(x: 0, y: 100), PlotPoint(x: 50, y: 50)])
  }

  @Test("Values colour the markers that are drawn")
  func values() throws {
    let layer = Layer.scatter(
      Scatter(
        x: [0, .nan, 1], y: [0, 0, 1], values: [0, 5, 10], colors: ColorScale(.viridis)))
    guard case .markers(_, let centers, let colors)? = commands(of: layer).first else {
      Issue.record("no markers")
      return
    }
    #expect(centers.count == 2)
    #expect(colors == [ColorMap.viridis.color(at: 0), ColorMap.viridis.color(at: 1)])
    #expect(layer.content.colorScale?.axis.range == 0...10)
  }

  @Test("Thousands of markers of one colour are one command with one colour")
  func many() {
    var generator = SplitMix64(state: 1)
    let x = (0..<5000).map { _ in Double.random(in: 0...1, using: &generator) }
    let drawn = commands(of: .scatter(Scatter(x: x, y: x.reversed(), color: Palette.blue)))
    guard drawn.count == 1, case .markers(_, let centers, let colors)? = drawn.first else {
      Issue.record("\(drawn.count) commands")
      return
    }
    #expect(centers.count == 5000 && colors == [Palette.blue])
  }

  @Test("Far outliers are left out rather than sent to the renderer")
  func outliers() {
    let drawn = commands(of: .scatter(Scatter(x: [0.5, 1e20], y: [0.5, 0.5], color: .black)))
    #expect(drawn.first?.markerCenters?.count == 1)
  }

  @Test("The legend's mark is opaque and large enough to see")
  func legend() {
    let scatter = Scatter(
      x: [], y: [], color: Palette.blue.opacity(0.2), marker: Marker(.square, size: 2),
      label: "data")
    #expect(
      scatter.legendEntry
        == LegendEntry("data", .marker(Marker(.square, size: 5), color: Palette.blue)))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Heat map layer")
struct HeatMapTests {
  private let grid = ScalarGrid(
    x: 0...1, y: 0...1, columns: 2, rows: 2, values: [0, 1, 2, .nan])

  @Test(
    "Cells are centred on their nodes, the highest row first, in a colour of its own where not finite"
  )
  func cells() throws {
    let layer = Layer.heatMap(HeatMap(grid: grid, colors: ColorScale(.gray), shading: .cells))
    let (image, rectangle) = try #require(commands(of: layer).first?.image)
    #expect(image.columns == 2 && image.rows == 2)
    #expect(rectangle == PlotRectangle(x: -50, y: -50, width: 200, height: 200))
    #expect(image.pixels[0] == ColorMap.gray.color(at: 1))
    #expect(image.pixels[1] == ColorMap.gray.notFinite)
    #expect(image.pixels[2] == ColorMap.gray.color(at: 0))
    #expect(image.pixels[3] == ColorMap.gray.color(at: 0.5))
  }

  @Test("Smooth shading covers the nodes' rectangle with the interpolant")
  func smooth() throws {
    let plane = ScalarGrid(x: 0...1, y: 0...1, columns: 3, rows: 3) { x, _ in x }
    let layer = Layer.heatMap(HeatMap(grid: plane, colors: ColorScale(.viridis, range: 0...1)))
    let (image, rectangle) = try #require(commands(of: layer).first?.image)
    #expect(rectangle == PlotRectangle(x: 0, y: 0, width: 100, height: 100))
    for column in [0, image.columns / 3, image.columns - 1] {
      let value = (Double(column) + 0.5) / Double(image.columns)
      let expected = CIELab(ColorMap.viridis.color(at: value))
      #expect(CIELab(image.pixels[column]).distance(to: expected) < 1e-9)
    }
  }

  @Test("A reversed axis turns the image over")
  func reversed() throws {
    let rows = ScalarGrid(x: 0...1, y: 0...1, columns: 2, rows: 2, values: [0, 0, 1, 1])
    let layer = Layer.heatMap(HeatMap(grid: rows, colors: ColorScale(.gray), shading: .cells))
    let upright = try #require(commands(of: layer).first?.image).image
    let turned = try #require(
      commands(of: layer, mapping: unitMapping(yReversed: true)).first?.image
    ).image
    #expect(upright.pixels == turned.pixels.reversed())
    #expect(turned.pixels[0] == ColorMap.gray.color(at: 0))
  }

  @Test("The image fills its axes without a margin")
  func filled() {
    let extent = extent(of: .heatMap(HeatMap(grid: grid)))
    #expect(extent.isFilled)
    let mapping = Axis().mapping(for: extent.x, isFilled: extent.isFilled)
    #expect(mapping.range == 0...1)
  }

  @Test("What is not finite keeps its own nodes, and what is beside it its colour")
  func smoothNotFinite() throws {
    let field = ScalarGrid(
      x: 0...1, y: 0...1, columns: 3, rows: 3, values: [0, 0, 0, 0, .infinity, 0, 0, 0, 2])
    let layer = Layer.heatMap(HeatMap(grid: field, colors: ColorScale(.viridis, range: 0...2)))
    let (image, _) = try #require(commands(of: layer).first?.image)
    let own = image.pixels.count { $0 == ColorMap.viridis.notFinite }
    #expect(abs(Double(own) / Double(image.pixels.count) - 0.25) < 0.02)
    #expect(image.pixels.allSatisfy { $0.alpha == 1 })
    #expect(image.pixels[(image.rows - 1) * image.columns] == ColorMap.viridis.color(at: 0))
  }

  @Test("Every map has a colour of its own for what is not finite", arguments: ColorMap.allCases)
  func ownColor(_ map: ColorMap) {
    for step in 0...1000 { #expect(map.color(at: Double(step) / 1000) != map.notFinite) }
  }

  @Test("Fewer than three finite numbers make no scale and no level lines", arguments: 0...4)
  func fewNumbers(_ count: Int) {
    let values = (0..<9).map { $0 < count ? Double($0) : .infinity }
    let field = ScalarGrid(x: 0...1, y: 0...1, columns: 3, rows: 3, values: values)
    let enough = count >= 3
    #expect((Layer.heatMap(HeatMap(grid: field)).content.colorScale != nil) == enough)
    for levels in [ContourLevels.count(5), .geometric(5), .values([0.5])] {
      #expect(levels.resolved(for: values).isEmpty != enough)
    }
  }

  @Test("The caption counts what is not finite once a field")
  func caption() {
    let layers: [Layer] = [
      .heatMap(HeatMap(grid: grid)), .contours(Contours(grid: grid)), .surface(Surface(grid: grid)),
    ]
    var figure = Figure(
      width: 300, panels: [Panel(layers: layers), Panel(layers: layers)], columns: 2, caption: "A.")
    #expect(
      figure.fullCaption
        == "A. Not finite: 1 of 4 values, in a colour of their own or left open.")
    figure.grids = [PanelGrid(rows: [[Panel(layers: [])]])]
    #expect(figure.fullCaption == "A.")
  }
}

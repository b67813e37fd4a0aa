// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Heat map layer")
struct HeatMapTests {
  private let grid = ScalarGrid(
    x: 0...1, y: 0...1, columns: 2, rows: 2, values: [0, 1, 2, .nan])

  @Test("Cells are centred on their nodes, the highest row first, and blank where not finite")
  func cells() throws {
    let layer = Layer.heatMap(HeatMap(grid: grid, colors: ColorScale(.gray), shading: .cells))
    let (image, rectangle) = try #require(commands(of: layer).first?.image)
    #expect(image.columns == 2 && image.rows == 2)
    #expect(rectangle == PlotRectangle(x: -50, y: -50, width: 200, height: 200))
    #expect(image.pixels[0] == ColorMap.gray.color(at: 1))
    #expect(image.pixels[1].alpha == 0)
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
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Surface layer")
struct SurfaceTests {
  private func surface(_ function: @escaping (Double, Double) -> Double) -> Surface {
    Surface(
      grid: ScalarGrid(x: -1...1, y: -1...1, columns: 6, rows: 5, function),
      colors: ColorScale(.viridis, range: 0...1), azimuth: 30, elevation: 40)
  }

  private func cells(_ surface: Surface) -> [[PlotPoint]] {
    commands(of: .surface(surface), mapping: unitMapping(x: -2...2, y: -2...2))
      .compactMap { $0.filledPolygons?.first }
  }

  @Test("Every cell is drawn once, cells behind before cells in front")
  func order() {
    let cells = cells(surface { _, _ in 0 })
    #expect(cells.count == 20)
    // On a flat surface a cell in front is lower on the page.
    let heights = cells.map { $0.map { $0.y }.reduce(0, +) / 4 }
    #expect(zip(heights, heights.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
  }

  @Test("Higher values are higher on the page, limited to the range")
  func heights() throws {
    let low = try #require(cells(surface { _, _ in 0 }).first?.first)
    let middle = try #require(cells(surface { _, _ in 0.5 }).first?.first)
    let high = try #require(cells(surface { _, _ in 1 }).first?.first)
    let above = try #require(cells(surface { _, _ in 1e9 }).first?.first)
    #expect(abs((low.y - middle.y) - (middle.y - high.y)) < 1e-9)
    #expect(low.y - high.y > 1)
    #expect(above == high)
  }

  @Test("A slope turned away from the light is darker than the level, one towards it is not")
  func shading() throws {
    func brightness(_ function: @escaping (Double, Double) -> Double) throws -> Double {
      let fill = try #require(
        commands(of: .surface(surface(function)), mapping: unitMapping(x: -2...2, y: -2...2))
          .first { $0.filledPolygons != nil }?.color)
      return fill.red + fill.green + fill.blue
    }
    // Cells of one height at their middle: the first drawn is the farthest, x and y at their highest.
    let level = try brightness { _, _ in 0.5 }
    let away = try brightness { x, _ in 0.5 + 0.4 * (0.8 - x) * -1 }
    let towards = try brightness { x, _ in 0.5 + 0.4 * (0.8 - x) }
    #expect(min(away, towards) < 0.97 * level)
    #expect(abs(max(away, towards) - level) < 0.02 * level)
  }

  @Test("A cell with an undefined corner stays open")
  func open() {
    #expect(cells(surface { x, y in x == -1 && y == -1 ? .nan : 0 }).count == 19)
  }

  @Test("All of the surface lies within its extent")
  func inside() {
    let layer = Layer.surface(surface { x, y in (x + y + 2) / 4 })
    let extent = extent(of: layer)
    let mapping = PlotMapping(
      frame: PlotRectangle(x: 0, y: 0, width: 100, height: 100),
      x: AxisMapping(scale: .linear, range: extent.x.range(scale: .linear, fixed: nil)),
      y: AxisMapping(scale: .linear, range: extent.y.range(scale: .linear, fixed: nil)))
    let points = commands(of: layer, mapping: mapping)
      .flatMap { ($0.filledPolygons ?? []) + ($0.strokedLines ?? []) }.flatMap { $0 }
    #expect(points.allSatisfy { mapping.frame.expanded(by: 1e-6).contains($0) })
  }
}

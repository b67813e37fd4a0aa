// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Contour layers")
struct ContoursTests {
  private let bowl = ScalarGrid(x: -1...1, y: -1...1, columns: 41, rows: 41) { $0 * $0 + $1 * $1 }

  @Test("Each level is one stroke on the right circle")
  func levels() throws {
    let layer = Layer.contours(Contours(grid: bowl, levels: .values([0.25, 0.64])))
    let drawn = commands(of: layer, mapping: unitMapping(x: -1...1, y: -1...1))
    #expect(drawn.count == 2)
    for (command, radius) in zip(drawn, [25.0, 40.0]) {
      let points = try #require(command.strokedLines).flatMap { $0 }
      let center = PlotPoint(x: 50, y: 50)
      #expect(points.allSatisfy { abs($0.distance(to: center) - radius) < 0.2 })
    }
  }

  @Test("Coloured lines take the colours of their levels")
  func colored() {
    let layer = Layer.contours(
      Contours(grid: bowl, levels: .values([0.5]), colors: ColorScale(.viridis, range: 0...1)))
    let drawn = commands(of: layer, mapping: unitMapping(x: -1...1, y: -1...1))
    #expect(drawn.first?.color == ColorMap.viridis.color(at: 0.5))
  }

  @Test("Automatic levels are round, geometric ones have one ratio")
  func automatic() {
    #expect(ContourLevels.count(5).resolved(for: [0, 1, 0.5, .nan]) == [0, 0.25, 0.5, 0.75, 1])
    let geometric = ContourLevels.geometric(3).resolved(for: [1, 0, -5, 10_000])
    #expect(zip(geometric, [10.0, 100, 1000]).allSatisfy { abs($0 / $1 - 1) < 1e-9 })
    #expect(ContourLevels.count(5).resolved(for: [2, 2]) == [])
    #expect(ContourLevels.geometric(2).resolved(for: [.nan, -1]) == [])
  }

  @Test("Filled regions are bounded by the levels and coloured by their middles")
  func filled() throws {
    let ramp = ScalarGrid(x: 0...1, y: 0...1, columns: 2, rows: 2) { x, _ in x }
    let layer = Layer.filledContours(
      FilledContours(grid: ramp, levels: .values([0.25, 0.5]), colors: ColorScale(.gray)))
    let (image, _) = try #require(commands(of: layer).first?.image)
    let row = Array(image.pixels.prefix(image.columns))
    let scale = ColorScale(.gray).resolved(for: ramp.values)
    for (fraction, middle) in [(0.1, 0.125), (0.4, 0.375), (0.9, 0.75)] {
      let pixel = row[Int(fraction * Double(image.columns))]
      #expect(CIELab(pixel).distance(to: CIELab(scale.color(of: middle))) < 1e-6)
    }
    #expect(Set(row).count == 3)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Reference line layer")
struct ReferenceLineTests {
  @Test("Level and upright lines cross the whole frame")
  func straight() {
    let level = commands(of: .reference(ReferenceLine(.horizontal(0.25))))
    #expect(level.first?.strokedLines == [[PlotPoint(x: 0, y: 75), PlotPoint(x: 100, y: 75)]])
    let upright = commands(of: .reference(ReferenceLine(.vertical(0.25))))
    #expect(upright.first?.strokedLines == [[PlotPoint(x: 25, y: 0), PlotPoint(x: 25, y: 100)]])
  }

  @Test("A line outside the range is not drawn")
  func outside() {
    #expect(commands(of: .reference(ReferenceLine(.horizontal(2)))).isEmpty)
  }

  @Test("On logarithmic axes a slope is the exponent of a power law")
  func power() throws {
    let drawn = commands(
      of: .reference(ReferenceLine(.slope(2, through: PlotPoint(x: 0.1, y: 0.01)))),
      mapping: unitMapping(x: 0.01...1, y: 1e-4...1, xScale: .log10, yScale: .log10))
    let line = try #require(drawn.first?.strokedLines?.first)
    #expect(isClose(line[0], PlotPoint(x: 0, y: 100), within: 1e-6))
    #expect(isClose(line[1], PlotPoint(x: 100, y: 0), within: 1e-6))
  }

  @Test("A slope does not widen the range, a level line does")
  func extents() {
    let slope = extent(of: .reference(ReferenceLine(.slope(1, through: PlotPoint(x: 9, y: 9)))))
    #expect(slope == PlotExtent())
    #expect(extent(of: .reference(ReferenceLine(.horizontal(3)))).y.upper == 3)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("From data to the page")
struct PlotMappingTests {
  @Test("The lower left of the data is the lower left of the frame")
  func corners() {
    let mapping = unitMapping(x: -1...3, y: 1...100, yScale: .log10)
    #expect(mapping.point(-1, 1) == PlotPoint(x: 0, y: 100))
    #expect(mapping.point(3, 100) == PlotPoint(x: 100, y: 0))
    #expect(mapping.point(1, 10) == PlotPoint(x: 50, y: 50))
    #expect(mapping.point(1, 0) == nil)
  }

  @Test("Stretches end where a datum has no place")
  func stretches() {
    let stretches = unitMapping().stretches(
      x: [0, 0.1, .nan, 0.5, 0.6, 0.7], y: [0, 0, 0, 1, 1, 1])
    #expect(stretches.map { $0.count } == [2, 3])
  }

  @Test("A rectangle of data is the same from reversed axes")
  func rectangles() {
    let upright = unitMapping().rectangle(x: 0.25...0.75, y: 0...0.5)
    #expect(upright == PlotRectangle(x: 25, y: 50, width: 50, height: 50))
    let reversed = unitMapping(yReversed: true).rectangle(x: 0.25...0.75, y: 0...0.5)
    #expect(reversed == PlotRectangle(x: 25, y: 0, width: 50, height: 50))
  }

  @Test("A point counts for the extent only when both coordinates are finite")
  func extents() {
    var extent = PlotExtent()
    extent.include(5, .nan)
    extent.include(1, 2)
    #expect(extent.x.upper == 1 && extent.y.upper == 2)
  }
}

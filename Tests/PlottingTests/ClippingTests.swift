// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Clipping")
struct ClippingTests {
  private let box = PlotRectangle(x: 0, y: 0, width: 10, height: 10)

  private func points(_ list: [(Double, Double)]) -> [PlotPoint] {
    list.map { PlotPoint(x: $0.0, y: $0.1) }
  }

  @Test("A line through the box is cut at its borders")
  func crossing() {
    let parts = Clipping.polyline(points([(-10, 5), (20, 5)]), to: box)
    #expect(parts == [points([(0, 5), (10, 5)])])
  }

  @Test("A line that leaves and returns comes in two parts")
  func twoParts() {
    let parts = Clipping.polyline(points([(2, 5), (2, 20), (8, 20), (8, 5)]), to: box)
    #expect(parts == [points([(2, 5), (2, 10)]), points([(8, 10), (8, 5)])])
  }

  @Test("A line beside the box vanishes, one inside stays")
  func trivial() {
    #expect(Clipping.polyline(points([(-5, -1), (20, -1)]), to: box).isEmpty)
    let inside = points([(1, 1), (2, 3), (9, 4)])
    #expect(Clipping.polyline(inside, to: box) == [inside])
  }

  @Test("Coordinates as large as exploded losses stay on the page")
  func huge() {
    let parts = Clipping.polyline(points([(5, 5), (6, 1e200)]), to: box)
    #expect(parts.flatMap { $0 }.allSatisfy { box.expanded(by: 1e-9).contains($0) })
    #expect(parts.count == 1)
  }

  @Test("The area of a cut square is that of the overlap")
  func polygonArea() {
    let square = points([(5, 5), (15, 5), (15, 15), (5, 15)])
    #expect(abs(area(of: Clipping.polygon(square, to: box)) - 25) < 1e-12)
    #expect(Clipping.polygon(points([(20, 20), (30, 20), (30, 30)]), to: box).isEmpty)
    let cover = points([(-5, -5), (15, -5), (15, 15), (-5, 15)])
    #expect(abs(area(of: Clipping.polygon(cover, to: box)) - 100) < 1e-12)
  }
}

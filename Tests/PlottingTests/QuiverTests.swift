// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Quiver layer")
struct QuiverTests {
  private func shafts(_ quiver: Quiver) throws -> [[PlotPoint]] {
    try #require(commands(of: .quiver(quiver)).first?.strokedLines)
  }

  private let points = [PlotPoint(x: 0.2, y: 0.2), PlotPoint(x: 0.6, y: 0.6)]

  @Test("Arrows point along their vectors, y upwards, with lengths in proportion")
  func proportions() throws {
    let vectors = [PlotPoint(x: 3, y: 0), PlotPoint(x: 0, y: 6)]
    let shafts = try shafts(Quiver(points: points, vectors: vectors))
    #expect(shafts[0][1].x > shafts[0][0].x && abs(shafts[0][1].y - shafts[0][0].y) < 1e-9)
    #expect(shafts[1][1].y < shafts[1][0].y && abs(shafts[1][1].x - shafts[1][0].x) < 1e-9)
    let lengths = shafts.map { $0[0].distance(to: $0[1]) }
    #expect(abs(lengths[1] / lengths[0] - 2) < 1e-9)
  }

  @Test("The automatic scale does not depend on the unit of the vectors")
  func automatic() throws {
    let small = try shafts(
      Quiver(points: points, vectors: [PlotPoint(x: 1e-3, y: 0), PlotPoint(x: 0, y: 2e-3)]))
    let large = try shafts(
      Quiver(points: points, vectors: [PlotPoint(x: 1e3, y: 0), PlotPoint(x: 0, y: 2e3)]))
    for (first, second) in zip(small.flatMap { $0 }, large.flatMap { $0 }) {
      #expect(isClose(first, second, within: 1e-6))
    }
  }

  @Test("A given scale turns vectors into data lengths")
  func scaled() throws {
    let quiver = Quiver(
      points: [PlotPoint(x: 0.1, y: 0.5)], vectors: [PlotPoint(x: 2, y: 0)], scale: 0.25)
    let drawn = commands(of: .quiver(quiver))
    let tip = try #require(drawn.last?.filledPolygons?.first?.first)
    #expect(isClose(tip, PlotPoint(x: 60, y: 50)))
  }

  @Test("Vanishing and undefined vectors have no arrow")
  func none() {
    let quiver = Quiver(points: points, vectors: [PlotPoint(x: 0, y: 0), PlotPoint(x: .nan, y: 1)])
    #expect(commands(of: .quiver(quiver)).isEmpty)
  }

  @Test("A grid gives an arrow to each node with a vector")
  func grid() throws {
    let grid = VectorGrid(x: 0.2...0.8, y: 0.2...0.8, columns: 3, rows: 4) { _, _ in (1, 1) }
    #expect(try shafts(Quiver(grid: grid)).count == 12)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Band layer")
struct BandTests {
  @Test("The region lies between its curves")
  func region() throws {
    let drawn = commands(
      of: .band(Band(x: [0, 1], lower: [0.2, 0.2], upper: [0.7, 0.7], color: .black)))
    let polygon = try #require(drawn.first?.filledPolygons?.first)
    #expect(abs(area(of: polygon) - 5_000) < 1e-6)
  }

  @Test("A missing edge breaks the region in two")
  func broken() {
    let drawn = commands(
      of: .band(
        Band(
          x: [0, 0.25, 0.5, 0.75, 1], lower: [0, 0, .nan, 0, 0], upper: [1, 1, 1, 1, 1],
          color: .black)))
    #expect(drawn.first?.filledPolygons?.count == 2)
    #expect(drawn.allSatisfy { $0.isFinite })
  }

  @Test("On a logarithmic axis a lower edge that is not positive reaches below the frame")
  func logarithmic() throws {
    let drawn = commands(
      of: .band(Band(x: [0, 1], lower: [-1, 0], upper: [10, 10], color: .black)),
      mapping: unitMapping(y: 1...100, yScale: .log10))
    let polygon = try #require(drawn.first?.filledPolygons?.first)
    #expect((polygon.map { $0.y }.max() ?? 0) > 100)
    #expect(abs((polygon.map { $0.y }.min() ?? 0) - 50) < 1e-9)
  }
}

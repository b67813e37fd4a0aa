// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Error bars layer")
struct ErrorBarsTests {
  @Test("A bar has two caps and a marker at its middle")
  func shape() throws {
    let drawn = commands(
      of: .errorBars(ErrorBars(x: [0.5], y: [0.5], errors: [0.25], color: .black)))
    let lines = try #require(drawn.first?.strokedLines)
    #expect(lines.count == 3)
    #expect(lines[0] == [PlotPoint(x: 50, y: 25), PlotPoint(x: 50, y: 75)])
    #expect(lines[1][0].y == 25 && lines[2][0].y == 75)
    #expect(drawn.last?.markerCenters == [PlotPoint(x: 50, y: 50)])
  }

  @Test("On a logarithmic axis a bar past zero runs off the bottom without a cap")
  func logarithmic() throws {
    let drawn = commands(
      of: .errorBars(ErrorBars(x: [0.5], y: [10], errors: [20], color: .black)),
      mapping: unitMapping(y: 1...100, yScale: .log10))
    let lines = try #require(drawn.first?.strokedLines)
    #expect(lines.count == 2)
    #expect(lines[0][1].y > 100)
  }

  @Test("A missing or vanishing error leaves the marker alone")
  func missing() {
    let drawn = commands(
      of: .errorBars(ErrorBars(x: [0.2, 0.8], y: [0.5, 0.5], errors: [.nan, 0], color: .black)))
    #expect(drawn.count == 1)
    #expect(drawn.first?.markerCenters?.count == 2)
  }
}

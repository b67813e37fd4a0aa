// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Paths layer")
struct PathsTests {
  private let paths = [
    [PlotPoint(x: 0, y: 0), PlotPoint(x: 0.5, y: 0.5)],
    [
      PlotPoint(x: 0, y: 1), PlotPoint(x: .nan, y: 1), PlotPoint(x: 0.5, y: 1),
      PlotPoint(x: 1, y: 1),
    ],
  ]

  @Test("Each path is one stroke, broken where it is not finite")
  func strokes() {
    let drawn = commands(of: .paths(Paths(paths, stroke: StrokeStyle(.black))))
    #expect(drawn.map { $0.strokedLines?.map { $0.count } } == [[2], [2]])
  }

  @Test("Markers stand at the starts and at the ends")
  func markers() {
    let layer = Paths(
      paths, stroke: StrokeStyle(.black), startMarker: Marker(.square), endMarker: Marker(.circle))
    let drawn = commands(of: .paths(layer)).compactMap { $0.markerCenters }
    #expect(drawn.first == [PlotPoint(x: 0, y: 100), PlotPoint(x: 0, y: 0)])
    #expect(drawn.last == [PlotPoint(x: 50, y: 50), PlotPoint(x: 100, y: 0)])
  }
}

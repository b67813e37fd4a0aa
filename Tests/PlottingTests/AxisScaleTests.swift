// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Plotting

@Suite("Axis scales and ranges")
struct AxisScaleTests {
  @Test("A number survives the way along the axis and back", arguments: AxisScale.allCases)
  func roundTrip(_ scale: AxisScale) {
    for reversed in [false, true] {
      let mapping = AxisMapping(scale: scale, range: 0.002...350, reversed: reversed)
      for value in [0.002, 0.03, 1, 7.5, 350] {
        let fraction = mapping.fraction(of: value) ?? .nan
        #expect(abs(mapping.value(at: fraction) / value - 1) < 1e-12)
      }
    }
  }

  @Test("The ends of the range are the ends of the axis, exchanged when it is reversed")
  func ends() {
    let forwards = AxisMapping(scale: .log10, range: 0.1...10)
    #expect(forwards.fraction(of: 0.1) == 0)
    #expect(forwards.fraction(of: 1) == 0.5)
    #expect(forwards.fraction(of: 10) == 1)
    let backwards = AxisMapping(scale: .linear, range: 0...4, reversed: true)
    #expect(backwards.fraction(of: 0) == 1)
    #expect(backwards.fraction(of: 1) == 0.75)
  }

  @Test("Numbers without a place have no fraction")
  func noPlace() {
    let mapping = AxisMapping(scale: .log10, range: 1...10)
    #expect(mapping.fraction(of: 0) == nil)
    #expect(mapping.fraction(of: -1) == nil)
    #expect(mapping.fraction(of: .nan) == nil)
    #expect(mapping.fraction(of: .infinity) == nil)
  }

  @Test("Data that are not finite do not widen a range")
  func finiteOnly() {
    var extent = AxisExtent()
    for value in [2, .nan, .infinity, -.infinity, 5, 1e305] { extent.include(value) }
    #expect(extent.range(scale: .linear, fixed: nil) == 2...5)
  }

  @Test("A logarithmic range starts at the smallest positive number")
  func positiveOnly() {
    var extent = AxisExtent()
    for value in [-3, 0, 0.01, 4] { extent.include(value) }
    #expect(extent.range(scale: .log10, fixed: nil) == 0.01...4)
  }

  @Test("An error band opens a logarithmic range by one decade at most")
  func bandMargin() {
    var extent = AxisExtent()
    extent.include(1)
    extent.include(100)
    extent.includeLowerMargin(1e-9)
    #expect(extent.range(scale: .log10, fixed: nil) == 0.1...100)
    #expect(extent.range(scale: .linear, fixed: nil) == 1e-9...100)
  }

  @Test("Empty and single-valued data get a range of positive length")
  func degenerate() {
    let empty = AxisExtent()
    #expect(empty.range(scale: .linear, fixed: nil) == 0...1)
    #expect(empty.range(scale: .log10, fixed: nil) == 1...10)
    for value in [0, 3, -1e-20, 1e18] {
      var single = AxisExtent()
      single.include(value)
      let range = single.range(scale: .linear, fixed: nil)
      #expect(range.lowerBound < value && value < range.upperBound)
    }
    var single = AxisExtent()
    single.include(7)
    let range = single.range(scale: .log10, fixed: nil)
    #expect(abs(range.upperBound / range.lowerBound - 10) < 1e-9)
  }

  @Test(
    "Ranges of any size have marks, a panel and a picture",
    arguments: [
      .leastNonzeroMagnitude, .leastNormalMagnitude / 64, 1e-300, 1e-20, 1, 1e20, 1e300, 1e308,
    ])
  func anySize(_ reach: Double) throws {
    let grid = ScalarGrid(
      x: -reach...reach, y: -reach...reach, columns: 2, rows: 2, values: [1, 2, 3, .infinity])
    let lines: [Layer] = [
      .line(
        Line(x: [-reach, reach], mean: [-reach, reach], error: [0, 0], color: .black, label: "a")),
      .paths(
        Paths(
          [[PlotPoint(x: -reach, y: reach), PlotPoint(x: reach, y: -reach)]],
          stroke: StrokeStyle(.black))),
    ]
    for scale in AxisScale.allCases {
      let range = scale == .linear ? -reach...reach : reach / 2...reach
      guard range.lowerBound > 0 || scale == .linear else { continue }
      for fixed in [nil, range] {
        let fields: [Layer] = scale == .linear ? [.heatMap(HeatMap(grid: grid))] : []
        let panel = Panel(
          x: Axis(scale: scale, range: fixed), y: Axis(scale: scale, range: fixed),
          hasEqualAspect: scale == .linear, colorBar: ColorBar("c"), layers: fields + lines)
        let figure = Figure(width: 300, panels: [panel], columns: 1)
        let path = FileManager.default.temporaryDirectory
          .appendingPathComponent("any-\(UUID().uuidString).png").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try figure.write(to: path, format: .png)
      }
    }
  }

  @Test(
    "A number of any size becomes a whole one",
    arguments: [
      (0.0, 0), (2.9, 2), (-2.9, -2), (1e300, 1 << 52), (-Double.infinity, -(1 << 52)),
      (Double.nan, 0),
    ])
  func wholeNumbers(_ value: Double, _ whole: Int) { #expect(Int(of: value) == whole) }
}

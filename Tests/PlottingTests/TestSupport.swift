// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

/// The frame and axes of layer tests: data in [0, 1] x [0, 1] on 100 x 100 points.
func unitMapping(
  x: ClosedRange<Double> = 0...1, y: ClosedRange<Double> = 0...1,
  xScale: AxisScale = .linear, yScale: AxisScale = .linear, yReversed: Bool = false
) -> PlotMapping {
  PlotMapping(
    frame: PlotRectangle(x: 0, y: 0, width: 100, height: 100),
    x: AxisMapping(scale: xScale, range: x),
    y: AxisMapping(scale: yScale, range: y, reversed: yReversed))
}

/// The commands a layer draws.
func commands(of layer: Layer, mapping: PlotMapping = unitMapping()) -> [DrawingCommand] {
  var canvas = RecordingCanvas()
  layer.content.draw(on: &canvas, mapping: mapping)
  return canvas.commands
}

/// The extent of a layer's data.
func extent(of layer: Layer) -> PlotExtent {
  var extent = PlotExtent()
  layer.content.include(in: &extent)
  return extent
}

extension DrawingCommand {
  var strokedLines: [[PlotPoint]]? {
    guard case .stroke(let lines, _, _) = self else { return nil }
    return lines
  }

  var filledPolygons: [[PlotPoint]]? {
    guard case .fill(let polygons, _) = self else { return nil }
    return polygons
  }

  var markerCenters: [PlotPoint]? {
    guard case .markers(_, let centers, _) = self else { return nil }
    return centers
  }

  var image: (image: RasterImage, rectangle: PlotRectangle)? {
    guard case .image(let image, let rectangle, _) = self else { return nil }
    return (image, rectangle)
  }

  var color: Color? {
    switch self {
    case .text(_, _, _, _, let color), .fill(_, let color): return color
    case .stroke(_, _, let style): return style.color
    case .markers(_, _, let colors): return colors.first
    case .image, .pushClip, .popClip: return nil
    }
  }

  /// Every point of the command lies at a number.
  var isFinite: Bool {
    let points =
      (strokedLines ?? filledPolygons ?? []).flatMap { $0 } + (markerCenters ?? [])
    return points.allSatisfy(\.isFinite)
  }
}

/// The area of a polygon, by the shoelace formula.
func area(of polygon: [PlotPoint]) -> Double {
  abs(
    zip(polygon, polygon.dropFirst() + polygon.prefix(1)).reduce(0) {
      $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y
    }) / 2
}

/// Whether two points agree to rounding on a page.
func isClose(_ first: PlotPoint, _ second: PlotPoint, within tolerance: Double = 1e-9) -> Bool {
  first.distance(to: second) <= tolerance
}

/// A reproducible source of test cases: G. Steele, D. Lea and C. Flood, "Fast splittable
/// pseudorandom number generators" (2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The map from data to a panel's frame on the canvas.
struct PlotMapping: Equatable {
  /// How far beyond the frame, in points, paths are kept before clipping cuts them.
  private static let overhang = 40.0

  let frame: PlotRectangle
  let x: AxisMapping
  let y: AxisMapping

  /// The canvas point of a datum; `nil` when it has no place on the axes.
  func point(_ x: Double, _ y: Double) -> PlotPoint? {
    guard let across = self.x.fraction(of: x), let up = self.y.fraction(of: y) else { return nil }
    return PlotPoint(x: frame.x + across * frame.width, y: frame.maxY - up * frame.height)
  }

  /// The canvas points of parallel coordinates, in stretches without a datum that has no place,
  /// each cut to the neighbourhood of the frame.
  func stretches(x: [Double], y: [Double]) -> [[PlotPoint]] {
    stretches(zip(x, y).map { PlotPoint(x: $0, y: $1) })
  }

  /// The same for points.
  func stretches(_ points: [PlotPoint]) -> [[PlotPoint]] {
    unclippedStretches(points).flatMap { Clipping.polyline($0, to: bounds) }
  }

  /// The canvas polygon of data points, cut to the neighbourhood of the frame; points without a
  /// place are left out.
  func polygon(_ points: [PlotPoint]) -> [PlotPoint] {
    Clipping.polygon(points.compactMap { point($0.x, $0.y) }, to: bounds)
  }

  /// Whether a canvas point is near enough to the frame to be drawn.
  func isNearFrame(_ point: PlotPoint) -> Bool { bounds.contains(point) }

  /// The rectangle of canvas points between two corners given in data.
  func rectangle(x: ClosedRange<Double>, y: ClosedRange<Double>) -> PlotRectangle? {
    guard let first = point(x.lowerBound, y.lowerBound),
      let second = point(x.upperBound, y.upperBound)
    else { return nil }
    return PlotRectangle(
      x: min(first.x, second.x), y: min(first.y, second.y),
      width: abs(second.x - first.x), height: abs(second.y - first.y))
  }

  /// The neighbourhood of the frame.
  var bounds: PlotRectangle { frame.expanded(by: PlotMapping.overhang) }

  private func unclippedStretches(_ points: [PlotPoint]) -> [[PlotPoint]] {
    points.map { point($0.x, $0.y) }
      .split(separator: nil)
      .map { $0.compactMap { $0 } }
  }
}

/// The extent of the data of a panel's layers.
struct PlotExtent: Equatable {
  var x = AxisExtent()
  var y = AxisExtent()
  /// Whether an image fills the extent to its edges, so that no margin is left around it.
  var isFilled = false

  /// Widens the extent to hold a datum with both coordinates finite.
  mutating func include(_ x: Double, _ y: Double) {
    guard x.isFinite, y.isFinite else { return }
    self.x.include(x)
    self.y.include(y)
  }

  mutating func include(_ points: [PlotPoint]) {
    for point in points { include(point.x, point.y) }
  }

  mutating func include(x: ClosedRange<Double>, y: ClosedRange<Double>) {
    include(x.lowerBound, y.lowerBound)
    include(x.upperBound, y.upperBound)
  }
}

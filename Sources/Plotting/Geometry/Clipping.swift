// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Clipping in plain geometry, before a path reaches the canvas: renderers hold coordinates in
/// fixed point, where an exploded value far outside the frame would wrap around and cross the
/// picture.
enum Clipping {
  /// The parts of an open polyline inside a rectangle (Liang and Barsky, 1984).
  static func polyline(_ points: [PlotPoint], to bounds: PlotRectangle) -> [[PlotPoint]] {
    guard points.count > 1 else { return [] }
    if points.allSatisfy(bounds.contains) { return [points] }
    var parts: [[PlotPoint]] = []
    var current: [PlotPoint] = []
    for index in 1..<points.count {
      guard let part = segment(points[index - 1], points[index], to: bounds) else {
        if current.count > 1 { parts.append(current) }
        current = []
        continue
      }
      if let last = current.last, last == part.start {
        current.append(part.end)
      } else {
        if current.count > 1 { parts.append(current) }
        current = [part.start, part.end]
      }
    }
    if current.count > 1 { parts.append(current) }
    return parts
  }

  /// The part of a segment inside a rectangle, or `nil` when they do not meet.
  static func segment(
    _ start: PlotPoint, _ end: PlotPoint, to bounds: PlotRectangle
  ) -> (start: PlotPoint, end: PlotPoint)? {
    let stepX = end.x - start.x
    let stepY = end.y - start.y
    var first = 0.0
    var last = 1.0
    let limits = [
      (-stepX, start.x - bounds.x), (stepX, bounds.maxX - start.x),
      (-stepY, start.y - bounds.y), (stepY, bounds.maxY - start.y),
    ]
    for (rate, room) in limits {
      if rate == 0 {
        if room < 0 { return nil }
        continue
      }
      let crossing = room / rate
      if rate < 0 { first = max(first, crossing) } else { last = min(last, crossing) }
      if first > last { return nil }
    }
    return (
      first == 0 ? start : start.mixed(with: end, fraction: first),
      last == 1 ? end : start.mixed(with: end, fraction: last)
    )
  }

  /// The part of a closed polygon inside a rectangle (Sutherland and Hodgman, 1974).
  static func polygon(_ points: [PlotPoint], to bounds: PlotRectangle) -> [PlotPoint] {
    if points.allSatisfy(bounds.contains) { return points }
    let depths: [(PlotPoint) -> Double] = [
      { $0.x - bounds.x }, { bounds.maxX - $0.x }, { $0.y - bounds.y }, { bounds.maxY - $0.y },
    ]
    return depths.reduce(points) { half($0, depth: $1) }
  }

  /// The part of a polygon where `depth` is not negative.
  static func half(_ points: [PlotPoint], depth: (PlotPoint) -> Double) -> [PlotPoint] {
    guard var previous = points.last else { return [] }
    var kept: [PlotPoint] = []
    for point in points {
      let before = depth(previous)
      let after = depth(point)
      if (before < 0) != (after < 0) {
        kept.append(previous.mixed(with: point, fraction: before / (before - after)))
      }
      if after >= 0 { kept.append(point) }
      previous = point
    }
    return kept
  }
}

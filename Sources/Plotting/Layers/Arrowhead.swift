// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The shape of an arrow's head.
enum Arrowhead {
  /// The corners of a head of `length` points with its tip at `tip`, pointing away from `tail`;
  /// `nil` when the two coincide.
  static func polygon(tail: PlotPoint, tip: PlotPoint, length: Double) -> [PlotPoint]? {
    let reach = tail.distance(to: tip)
    guard reach > 0 else { return nil }
    let x = (tip.x - tail.x) / reach
    let y = (tip.y - tail.y) / reach
    let half = 0.38 * length
    return [
      tip,
      PlotPoint(x: tip.x - x * length - y * half, y: tip.y - y * length + x * half),
      PlotPoint(x: tip.x - x * length * 0.8, y: tip.y - y * length * 0.8),
      PlotPoint(x: tip.x - x * length + y * half, y: tip.y - y * length - x * half),
    ]
  }
}

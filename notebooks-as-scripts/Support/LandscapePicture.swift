// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
public import Plotting
public import Probing

/// A landscape as surface and contours, drawn from its values and paths alone.
public struct LandscapePicture: Codable, Sendable {
  /// A way through the plane, or a point of it; the label is in the markup of plots.
  public struct Path: Codable, Sendable {
    public var label: String
    public let color: Color
    public let points: [PlotPoint]
    /// The distance from the plane of each point.
    public let distances: [Double]
  }

  public let title: String
  /// Losses; those beyond the range are at its end, and what is not finite stays so.
  public let grid: ScalarGrid
  /// The range of colours and heights.
  public let range: ClosedRange<Double>
  public var paths: [Path]

  /// - Parameters:
  ///   - colors: one for each path of the landscape.
  ///   - range: where heights and colours begin and end; by default at the extremes of the landscape.
  /// - Precondition: the landscape is complete.
  public init(
    _ landscape: Landscape, title: String, colors: [Color], range: ClosedRange<Double>? = nil
  ) {
    precondition(landscape.isComplete, "an unfinished landscape cannot be drawn")
    let values = landscape.values
    let shown = range ?? Self.range(of: [landscape])
    let (low, high) = (shown.lowerBound, shown.upperBound)
    let radius = landscape.settings.radius
    self.title = title
    self.range = shown
    grid = ScalarGrid(
      x: -radius...radius, y: -radius...radius, columns: landscape.settings.side,
      rows: landscape.settings.side,
      values: values.map { $0.isFinite ? min(max($0, low), high) : $0 })
    paths = zip(landscape.paths, colors).map { path, color in
      Path(
        label: path.label, color: color,
        points: path.points.map { PlotPoint(x: $0.first, y: $0.second) },
        distances: path.points.map(\.distance))
    }
  }

  /// The positive range of several landscapes.
  public static func range(of landscapes: [Landscape]) -> ClosedRange<Double> {
    let values = landscapes.flatMap(\.values).filter { $0.isFinite && $0 > 0 }
    let low = values.min() ?? 1e-12
    return low...max(values.max() ?? low, low * 1.001)
  }

  /// The scale of colours and heights.
  public var colors: ColorScale { ColorScale(.viridis, range: range, scale: .log10) }

  /// The surface, seen obliquely.
  public var surface: Panel {
    Panel(
      title: title, frame: .none, hasEqualAspect: true, legend: .hidden,
      layers: [
        .surface(
          Surface(
            grid: grid, colors: colors, azimuth: 35, elevation: 38, relativeHeight: 0.6,
            xLabel: "$u_1$", yLabel: "$u_2$"))
      ])
  }

  /// Level lines over colours, with the ways through the plane.
  public func contours(_ label: String) -> Panel {
    let reach = grid.x
    return Panel(
      x: Axis("$u_1$", range: reach), y: Axis("$u_2$", range: reach), frame: .box,
      hasEqualAspect: true, legend: .shared,
      // Fewer numbers than three have no scale.
      colorBar: grid.values.count(where: \.isFinite) < 3 ? nil : ColorBar(label, colors: colors),
      layers: [
        .heatMap(HeatMap(grid: grid, colors: colors)),
        .contours(
          Contours(
            grid: grid, levels: .geometric(10),
            stroke: StrokeStyle(Color(gray: 1, alpha: 0.55), width: 0.6))),
      ]
        + paths.flatMap { path -> [Layer] in
          let visible = path.points.filter { reach.contains($0.x) && reach.contains($0.y) }
          let marks = Layer.scatter(
            Scatter(
              x: visible.map(\.x), y: visible.map(\.y), color: path.color,
              marker: Marker(.circle, size: path.points.count > 1 ? 2.6 : 5),
              label: path.points.count > 1 ? nil : path.label))
          guard path.points.count > 1 else { return [marks] }
          return [
            // A light edge keeps the way visible on every colour.
            .paths(Paths([path.points], stroke: StrokeStyle(Color(gray: 1), width: 3.4))),
            .paths(
              Paths(
                [path.points], stroke: StrokeStyle(path.color, width: 1.6),
                endMarker: Marker(.circle, size: 5), label: path.label)), marks,
          ]
        })
  }
}

/// How a plane was laid, for a caption, in the markup of plots as the labels of the paths are.
public func landscapeCaption(_ settings: LandscapeSettings, paths: [ProjectedPath]) -> String {
  let origin = settings.origin
  func list(_ values: [Double]) -> String { values.map { digits($0) }.joined(separator: ", ") }
  let plane: String
  switch origin.kind {
  case .eigenvectors:
    plane =
      "top-2 Hessian eigenvectors, eigenvalues \(list(origin.eigenvalues)), residuals "
      + "\(list(origin.residuals))\(origin.isConverged ? "" : " (not converged)")"
  case .random: plane = "two random directions, seed \(origin.seed)"
  case .filter:
    plane =
      "two random directions, filter-normalised (units \(list(origin.unitLengths))), "
      + "seed \(origin.seed)"
  case .path:
    plane =
      "principal axes of the way of training, explaining "
      + list(origin.explainedShares.map { 100 * $0 }) + " %"
  case .runs: plane = "through the parameters of the runs"
  }
  let distances = paths.map { path in
    "\(path.label): \(digits(path.points.map(\.distance).max() ?? 0))"
  }
  return "Plane: \(plane); radius \(digits(settings.radius)), \(origin.normalization), "
    + "\(settings.side) × \(settings.side) points; batch of \(settings.batch.name)."
    + (paths.isEmpty
      ? "" : " Largest distance from the plane: \(distances.joined(separator: "; ")).")
}

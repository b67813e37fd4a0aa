// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import GroundTruth
import Interpolants
import Networks
import Plotting

/// - Throws: unless the target lies in the plane, which pictures need.
func requirePlane(_ target: GaussianMixture) throws {
  guard target.dimension == 2 else {
    throw ConfigurationError(
      setting: "target", value: "\(target.name) of dimension \(target.dimension)",
      accepted: "a target of dimension 2")
  }
}

/// Half the side of a square about the origin that shows the target and most of the noise.
func planeExtent(_ target: GaussianMixture) -> Double {
  let reach = target.components.map { component in
    component.mean.indices.map {
      abs(component.mean[$0]) + 3 * component.covariance[$0][$0].squareRoot()
    }.max() ?? 0
  }
  return max(2.6, (reach.max() ?? 0) * 1.05)
}

/// Row-major pairs as points.
func planePoints(_ values: [Double]) -> [PlotPoint] {
  (0..<values.count / 2).map { PlotPoint(x: values[2 * $0], y: values[2 * $0 + 1]) }
}

/// Row-major pairs at several times as the path of each point.
func planePaths(_ images: [[Double]]) -> [[PlotPoint]] {
  (0..<(images.first?.count ?? 0) / 2).map { point in
    images.map { PlotPoint(x: $0[2 * point], y: $0[2 * point + 1]) }
  }
}

/// Nodes of the square [−extent, extent]², `side` each way, row by row, as pairs.
func squareNodes(side: Int, extent: Double) -> [Double] {
  (0..<side * side).flatMap { index in
    [index % side, index / side].map { extent * (2 * Double($0) / Double(side - 1) - 1) }
  }
}

/// Points of noise on a golden-angle spiral, at quantiles of the radius, which cover the Gaussian evenly; as pairs.
func noiseSpiral(_ count: Int) -> [Double] {
  (0..<count).flatMap { index -> [Double] in
    let radius = (-2 * log(1 - (Double(index) + 0.5) / Double(count))).squareRoot()
    let angle = Double(index) * .pi * (3 - 5.squareRoot())
    return [radius * cos(angle), radius * sin(angle)]
  }
}

/// Where drawn trajectories begin.
let trajectoryStarts = noiseSpiral(48)

/// The shares of the way at which drawn trajectories have points.
let trajectoryTimes = (0...24).map { Double($0) / 24 }

/// The density over the square [−extent, extent]² at a time of the linear interpolant, by default of the data.
func densityGrid(
  _ target: GaussianMixture, extent: Double, side: Int = 121, at time: Double = 0
) -> ScalarGrid {
  let marginal = target.marginal(at: time, LinearInterpolant())
  return ScalarGrid(x: -extent...extent, y: -extent...extent, columns: side, rows: side) {
    exp(marginal.logDensity([$0, $1]))
  }
}

/// What a caption says where the pixels of densities do not hold their mass, as when modes are narrower than a pixel and
/// fall between the points at which it is evaluated; nothing where each holds its mass to a twentieth.
func pixelNote(_ densities: [ScalarGrid]) -> String {
  let masses = densities.map { grid in
    let width = (grid.x.upperBound - grid.x.lowerBound) / Double(grid.columns - 1)
    let height = (grid.y.upperBound - grid.y.lowerBound) / Double(grid.rows - 1)
    return grid.values.reduce(0, +) * width * height
  }
  guard masses.contains(where: { !(abs($0 - 1) <= 0.05) }) else { return "" }
  return
    " Densities are those at the pixels' centres; modes narrower than a pixel are not shown by their mass, and the "
    + "pixels hold \(masses.map { digits($0) }.joined(separator: ", ")) of it."
}

/// Thin grey level lines of a density.
func densityContours(_ density: ScalarGrid) -> Layer {
  .contours(
    Contours(grid: density, levels: .count(4), stroke: StrokeStyle(Color(gray: 0.6), width: 0.6)))
}

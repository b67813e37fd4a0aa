// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import GroundTruth
import Laboratory
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

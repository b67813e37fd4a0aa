// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth
public import Interpolants

/// Trajectories of a one-dimensional mixture as coordinates.
///
/// In one dimension the flow keeps the order of points, so the quantile `q = P(x_t ≤ x)` is constant along a
/// trajectory. In `(t, q)` the weighted measure is flat, `p_t dx dt = dq dt`, and
/// `D = ∂_t|_q`, `∂_t|_x = ∂_t|_q − V ∂_q` with `V = v* p_t`, which vanishes at `q = 0` and `1`. Integration
/// by parts holds without a truncated boundary.
public struct FlowCoordinates: Sendable {
  public let mixture: GaussianMixture
  public let interpolant: InterpolantKind
  private let exact: ExactFlowMap

  /// - Precondition: a mixture of dimension 1.
  public init(_ mixture: GaussianMixture, _ interpolant: InterpolantKind) {
    precondition(mixture.dimension == 1, "quantiles need a mixture of dimension 1")
    self.mixture = mixture
    self.interpolant = interpolant
    exact = ExactFlowMap(
      of: mixture, interpolant: interpolant.interpolant, relativeTolerance: 1e-9)
  }

  /// The mixture of the claims on updates: two overlapping modes.
  public static func twoModes() throws(MixtureError) -> GaussianMixture {
    try GaussianMixture(
      name: "two modes in 1D", weights: [0.5, 0.5], means: [[-1], [1]], deviation: 0.5)
  }

  struct Node {
    /// `V = v* p_t`
    let quantileVelocity: Double
    /// `∂v*/∂x`
    let velocitySlope: Double
  }

  /// `V` and `∂v*/∂x` for all times (rows, increasing) and quantiles in (0, 1).
  func nodes(times: [Double], quantiles: [Double]) throws -> [[Node]] {
    let interpolant = interpolant.interpolant
    let marginals = times.map { mixture.marginal(at: $0, interpolant) }
    // x_T is standard normal, so a quantile is known exactly there.
    let columns = try quantiles.map { quantile in
      try exact.trajectory(
        [normalQuantile(quantile)], from: interpolant.endTime, through: times.reversed())
    }
    return times.indices.map { row in
      columns.map { column in
        let x = column[times.count - 1 - row]
        let marginal = marginals[row]
        return Node(
          quantileVelocity: marginal.velocity(x)[0] * exp(marginal.logDensity(x)),
          velocitySlope: marginal.velocityJacobian(x)[0][0])
      }
    }
  }

  /// `Φ^{−1}(q)`, by Newton's method on the complementary error function.
  private func normalQuantile(_ quantile: Double) -> Double {
    var x = 0.0
    for _ in 0..<60 {
      let residual = 0.5 * erfc(-x / 2.squareRoot()) - quantile
      let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      let step = residual / density
      // Far out the density is small and a full step would leap over the root.
      x -= min(max(step, -0.5), 0.5)
      if abs(step) < 1e-14 { break }
    }
    return x
  }
}

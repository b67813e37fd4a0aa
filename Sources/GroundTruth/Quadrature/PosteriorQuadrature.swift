// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants

/// Exact averages over the data behind a noisy point, `E[g(x) | x_t]`, for smooth `g`.
///
/// Given `x_t`, the data of component `k` with `C = U diag(c) Uᵀ` is normal: along the eigenvector `u_i` its
/// mean is `u_i·m + α c_i/(α² c_i + σ²) u_i·(x_t − α m)` and its variance `σ² c_i/(α² c_i + σ²)`. A
/// Gauss–Hermite rule in each direction, weighted with the responsibilities, integrates polynomials of
/// degree up to `2 order − 1` in each coordinate exactly.
public struct PosteriorQuadrature: Sendable {
  public let mixture: GaussianMixture
  public let interpolant: any Interpolant
  private let rule: GaussRule

  /// - Parameter order: nodes a direction, from 1 to 64.
  public init(mixture: GaussianMixture, interpolant: any Interpolant, order: Int) {
    precondition((1...64).contains(order), "a rule has 1 to 64 nodes, not \(order)")
    self.mixture = mixture
    self.interpolant = interpolant
    rule = .hermite(order)
  }

  /// Nodes of one point.
  public var count: Int {
    (0..<mixture.dimension).reduce(mixture.components.count) { count, _ in
      count * rule.nodes.count
    }
  }

  /// Data points and their weights, which add up to 1.
  ///
  /// - Precondition: `0 < t ≤ T`: at 0 the data is the point itself.
  public func nodes(behind x: [Double], at t: Double) -> [(data: [Double], weight: Double)] {
    precondition(t > 0, "the data behind a point at time 0 is the point")
    let c = interpolant.coefficients(at: t)
    let responsibilities = mixture.marginal(at: t, interpolant).responsibilities(x)
    return zip(mixture.components, responsibilities).flatMap { component, share in
      nodes(component, behind: x, signal: c.signal, noise: c.noise).map {
        ($0.data, $0.weight * share)
      }
    }
  }

  private func nodes(
    _ component: GaussianMixture.Component, behind x: [Double], signal: Double, noise: Double
  ) -> [(data: [Double], weight: Double)] {
    let dimension = mixture.dimension
    var nodes = [(data: component.mean, weight: 1.0)]
    for axis in 0..<dimension {
      let direction = (0..<dimension).map { component.eigenvectors[$0][axis] }
      let variance = component.eigenvalues[axis]
      let marginal = signal * signal * variance + noise * noise
      let offset = (0..<dimension).reduce(0) {
        $0 + direction[$1] * (x[$1] - signal * component.mean[$1])
      }
      let shift = signal * variance / marginal * offset
      let deviation = noise * (variance / marginal).squareRoot()
      nodes = nodes.flatMap { node in
        zip(rule.nodes, rule.weights).map { point, weight in
          let place = shift + deviation * point
          return (zip(node.data, direction).map { $0 + place * $1 }, node.weight * weight)
        }
      }
    }
    return nodes
  }
}

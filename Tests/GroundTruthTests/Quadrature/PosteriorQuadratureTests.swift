// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import GroundTruth
import Interpolants
import Testing

@Suite struct PosteriorQuadratureTests {
  @Test(
    "weighted conditional velocities have the exact mean and covariance",
    arguments: InterpolantKind.allCases)
  func moments(kind: InterpolantKind) throws {
    let mixture = try GaussianMixture(
      weights: [0.3, 0.7], means: [[1, -0.5], [-0.7, 0.4]],
      covariances: [[[0.5, 0.2], [0.2, 0.3]], [[0.1, -0.05], [-0.05, 0.4]]])
    let interpolant = kind.interpolant
    let quadrature = PosteriorQuadrature(mixture: mixture, interpolant: interpolant, order: 4)
    for (fraction, x) in [(0.1, [0.9, -0.2]), (0.6, [-0.3, 1.2]), (1, [0.2, 0.1])] {
      let t = fraction * kind.endTime
      let c = interpolant.coefficients(at: t)
      let nodes = quadrature.nodes(behind: x, at: t)
      #expect(nodes.count == quadrature.count)
      #expect(abs(nodes.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
      let velocities = nodes.map { node in
        (0..<2).map { axis in
          let noise = (x[axis] - c.signal * node.data[axis]) / c.noise
          return c.signalRate * node.data[axis] + c.noiseRate * noise
        }
      }
      let marginal = mixture.marginal(at: t, interpolant)
      let exact = marginal.velocity(x)
      let covariance = marginal.velocityCovariance(x)
      for i in 0..<2 {
        let mean = zip(nodes, velocities).reduce(0) { $0 + $1.0.weight * $1.1[i] }
        #expect(abs(mean - exact[i]) < 1e-10)
        for j in 0..<2 {
          let moment = zip(nodes, velocities).reduce(0) {
            $0 + $1.0.weight * ($1.1[i] - exact[i]) * ($1.1[j] - exact[j])
          }
          #expect(abs(moment - covariance[i][j]) < 1e-9)
        }
      }
    }
  }
}

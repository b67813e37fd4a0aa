// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@Suite struct QuantileTrajectoriesTests {
  private func target() throws -> GaussianMixture {
    try GaussianMixture(
      weights: [1, 2, 1.5], means: [[-1.2], [0.3], [2]], covariances: [[[0.1]], [[0.02]], [[0.3]]])
  }

  @Test("quantiles travel along the integrated flow")
  func flow() throws {
    for interpolant in interpolants {
      let trajectories = QuantileTrajectories(mixture: try target(), interpolant: interpolant)
      let exact = ExactFlowMap(of: try target(), interpolant: interpolant)
      for z in [-3.1, -1, -0.2, 0, 0.4, 1.7, 3.3] {
        let end = trajectories.slice(at: interpolant.endTime).position(ofLabel: z)
        #expect(abs(end - z) < 1e-14)
        for time in [0, 0.2, 0.7] {
          let there = try exact.map([z], from: interpolant.endTime, to: time)[0]
          #expect(abs(trajectories.slice(at: time).position(ofLabel: z) - there) < 1e-9)
        }
      }
    }
  }

  @Test(
    "labels and positions are inverse to each other, from any starting point, far into the tails")
  func inverse() throws {
    let trajectories = QuantileTrajectories(mixture: try target(), interpolant: LinearInterpolant())
    for time in [0, 0.1, 0.5, 0.9, 1] {
      let slice = trajectories.slice(at: time)
      for z in [-8.0, -5, -2, -0.3, 0, 0.1, 1, 4, 8] {
        let x = slice.position(ofLabel: z)
        #expect(abs(slice.label(ofPosition: x) - z) < 1e-10 * max(1, abs(z)))
        #expect(abs(slice.position(ofLabel: z, near: x + 1) - x) < 1e-12 * max(1, abs(x)))
      }
    }
  }
}

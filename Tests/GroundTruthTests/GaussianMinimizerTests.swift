// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@Suite struct GaussianMinimizerTests {
  @Test("the linear interpolant's contraction has a closed form", arguments: [0.02, 0.5, 1, 3])
  func linearClosedForm(deviation: Double) {
    let minimizer = GaussianMinimizer(interpolant: LinearInterpolant(), dataDeviation: deviation)
    #expect(
      abs(minimizer.contraction(to: 0) * (deviation + .pi / 2) - 1) < 1e-11)
    // From a later s: y = √P (A + B φ) with φ' = σ_d / P.
    let s = 0.6
    let start = ((1 - s) * (1 - s) * deviation * deviation + s * s).squareRoot()
    let angle = Double.pi / 2 - atan2(s, (1 - s) * deviation)
    let expected = deviation / (start * (deviation + angle))
    #expect(abs(minimizer.contraction(to: s) / expected - 1) < 1e-11)
  }

  @Test("with σ_d = 1 the trigonometric contraction is 1 / cosh(π/2 − s)")
  func trigonometricClosedForm() {
    let minimizer = GaussianMinimizer(interpolant: TrigonometricInterpolant(), dataDeviation: 1)
    for s in [0, 0.4, 1.2] {
      #expect(abs(minimizer.contraction(to: s) * cosh(.pi / 2 - s) - 1) < 1e-12)
    }
  }

  @Test(
    "the profile solves its equation and its functional is the boundary term", arguments: [0, 0.3])
  func profile(s: Double) {
    for interpolant in interpolants {
      for deviation in [0.5, 1, 2] {
        let minimizer = GaussianMinimizer(interpolant: interpolant, dataDeviation: deviation)
        let profile = minimizer.profile(to: s, intervals: 512)
        #expect(abs(profile.y[0] - 1) < 1e-14 && abs(profile.slope[512]) < 1e-14)
        #expect(abs(profile.y[512] - minimizer.contraction(to: s)) < 1e-11)
        // ∫ (y'² + (νσ_d/P)² y²) dt = [y y'] = −y'(s).
        let duration = interpolant.endTime - s
        let boundary = -minimizer.variance(at: s) * profile.slope[0] / duration
        #expect(abs(profile.eulerianLoss + profile.varianceTerm - boundary) < 1e-8)
      }
    }
  }
}

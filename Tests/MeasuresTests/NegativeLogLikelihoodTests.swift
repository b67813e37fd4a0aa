// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct NegativeLogLikelihoodTests {
  @Test("Normal points have the entropy of their law") func entropy() {
    let result = NegativeLogLikelihood(of: normalPoints(count: 4000, dimension: 1, seed: 1)) {
      -0.5 * $0[0] * $0[0] - 0.5 * log(2 * Double.pi)
    }
    let want = 0.5 * log(2 * Double.pi) + 0.5
    #expect(abs(result.mean.value - want) < 4 * result.mean.standardError)
    #expect(abs(result.mean.standardError - (0.5 / 4000).squareRoot()) < 1e-3)
    #expect(result.outside == 0)
  }

  @Test("Points outside the support are counted, not averaged") func outside() {
    let points = Points([0.5, 2, .nan, 0.25], dimension: 1)
    let result = NegativeLogLikelihood(of: points) { $0[0] < 1 ? log(2) : -.infinity }
    #expect(result.outside == 2 && result.mean.count == 2)
    #expect(abs(result.mean.value + log(2)) < 1e-15)
  }
}

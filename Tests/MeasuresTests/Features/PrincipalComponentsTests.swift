// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct PrincipalComponentsTests {
  @Test("Variances are numpy's eigenvalues, and the features' covariance is diagonal with them")
  func agreesWithNumPy() throws {
    let points = ComputedElsewhere.left
    let components = try PrincipalComponents(FeatureMoments(points), count: 4)
    for (found, truth) in zip(components.variances, ComputedElsewhere.variances) {
      #expect(abs(found - truth) < 1e-13)
    }
    let total = ComputedElsewhere.variances.reduce(0, +)
    let kept = ComputedElsewhere.variances.prefix(4).reduce(0, +)
    #expect(abs(components.share - kept / total) < 1e-13)
    let features = try FeatureMoments(components.features(of: points)).gaussian()
    for row in 0..<4 {
      #expect(abs(features.mean[row]) < 1e-14)
      for column in 0..<4 {
        let truth = row == column ? ComputedElsewhere.variances[row] : 0
        #expect(abs(features.covariance[row * 4 + column] - truth) < 1e-13)
      }
    }
  }
}

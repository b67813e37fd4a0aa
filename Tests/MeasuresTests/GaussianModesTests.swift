// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct GaussianModesTests {
  /// Covariances [[4, 2], [2, 2]] = L Lᵀ with L = [[2, 0], [1, 1]], and 0.01 times the identity.
  private let modes = GaussianModes(
    means: Points([0, 0, 20, 0], dimension: 2),
    inverseCholeskyFactors: [0.5, 0, -0.5, 1] + [10, 0, 0, 10])

  @Test("The distance is the Mahalanobis distance, and the nearest mode is nearest in it")
  func mahalanobisDistance() throws {
    // C⁻¹ = [[0.5, -0.5], [-0.5, 1]]: (2, 3) has 2 - 6 + 9 = 5.
    let nearest = try #require(modes.nearest(to: [2, 3]))
    #expect(nearest.mode == 0)
    #expect(abs(nearest.distance - 5.0.squareRoot()) < 1e-15)
    // (19, 0) is one from the narrow mode but nearer to it than to the wide one; (18, 0) is not.
    #expect(try #require(modes.nearest(to: [19, 0])).mode == 1)
    #expect(try #require(modes.nearest(to: [18, 0])).mode == 0)
    #expect(modes.nearest(to: [.nan, 0]) == nil)
  }

  @Test("The fraction of Gaussian points inside three deviations is 1 - exp(-9/2)")
  func fractionInside() {
    let standard = normalPoints(count: 20_000, dimension: 2, seed: 12)
    let points = Points(
      (0..<20_000).flatMap { index -> [Double] in
        let point = Array(standard[index])
        return [2 * point[0], point[0] + point[1]]
      }, dimension: 2)
    let single = GaussianModes(
      means: Points([0, 0], dimension: 2), inverseCholeskyFactors: [0.5, 0, -0.5, 1])
    let inside = ModeCoverage(of: points, over: single).fractionInside
    #expect(abs(inside.value - (1 - exp(-4.5))) < 4 * inside.standardError)
    #expect(inside.standardError < 1e-3)
  }

  @Test("A mode is covered if it holds its share of all points")
  func coverage() {
    let inside = Array(repeating: [0.0, 0], count: 6) + Array(repeating: [20, 0.1], count: 2)
    let outside = [[0, 50], [.nan, 0]]
    let coverage = ModeCoverage(
      of: Points((inside + outside).flatMap { $0 }, dimension: 2), over: modes)
    #expect(coverage.hits == [6, 2])
    #expect(coverage.count == 10)
    #expect(coverage.fractionInside.value == 0.8)
    #expect(coverage.fractionCovered(minimumShare: 0.2) == 1)
    #expect(coverage.fractionCovered(minimumShare: 0.21) == 0.5)
    #expect(coverage.fractionCovered(minimumShare: 0.7) == 0)
  }

  @Test("A mode without points is never covered")
  func emptyMode() {
    let coverage = ModeCoverage(of: Points([0, 0], dimension: 2), over: modes)
    #expect(coverage.fractionCovered(minimumShare: 0) == 0.5)
  }
}

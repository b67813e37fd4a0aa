// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct NeighborCoverageTests {
  @Test("Samples give what numpy gives by the definition")
  func agreesWithNumPy() throws {
    let coverage = try NeighborCoverage(
      ComputedElsewhere.right, reference: ComputedElsewhere.left)
    #expect(coverage.precision.value == ComputedElsewhere.precision)
    #expect(coverage.recall.value == ComputedElsewhere.recall)
  }

  @Test("Samples of one of two modes look right and show half")
  func lostMode() throws {
    let near = normalPoints(count: 600, dimension: 2, seed: 1)
    let far = normalPoints(count: 600, dimension: 2, seed: 2).shifted(by: [40, 0])
    let reference = Points(near.values + far.values, dimension: 2)
    let samples = normalPoints(count: 1200, dimension: 2, seed: 3)
    let coverage = try NeighborCoverage(samples, reference: reference)
    #expect(coverage.precision.value > 0.95)
    #expect(abs(coverage.recall.value - 0.5) < 0.03)
  }

  @Test("Points far away are outside; no more points than neighbours are refused")
  func edges() throws {
    let reference = normalPoints(count: 50, dimension: 2, seed: 1)
    let coverage = try NeighborCoverage(
      reference.shifted(by: [1e3, 0]), reference: reference)
    #expect(coverage.precision.value == 0 && coverage.recall.value == 0)
    #expect(throws: FeatureError.self) {
      try NeighborCoverage(normalPoints(count: 3, dimension: 2, seed: 1), reference: reference)
    }
  }
}

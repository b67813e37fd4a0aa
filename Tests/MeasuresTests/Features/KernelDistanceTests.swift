// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct KernelDistanceTests {
  @Test("One part that holds both samples gives numpy's number")
  func agreesWithNumPy() throws {
    let left = Points(
      Array(ComputedElsewhere.left.values[..<(300 * 6)]), dimension: 6)
    let estimate = try kernelDistance(
      left, ComputedElsewhere.right, subsets: .random(count: 2, size: 300), seed: 5)
    #expect(abs(estimate.value - ComputedElsewhere.kernel) < 1e-12)
  }

  @Test("Samples of one law average to zero, with an error that is neither too small nor too large")
  func unbiased() throws {
    var (values, errors) = (RunningMoments(), RunningMoments())
    for seed in 0..<60 {
      let estimate = try kernelDistance(
        normalPoints(count: 240, dimension: 3, seed: 2 * seed),
        normalPoints(count: 240, dimension: 3, seed: 2 * seed + 1), subsets: .blocks(size: 30),
        seed: 1)
      #expect(estimate.count == 8)
      values.add(estimate.value)
      errors.add(estimate.standardError * estimate.standardError)
    }
    #expect(abs(values.mean) < 4 * values.standardError)
    let ratio = errors.mean.squareRoot() / values.standardDeviation
    #expect(ratio > 0.6 && ratio < 1.6)
  }

  @Test("Few samples are split in three; fewer than six are refused")
  func few() throws {
    let small = normalPoints(count: 7, dimension: 2, seed: 1)
    #expect(try kernelDistance(small, small, seed: 0).count == 3)
    #expect(throws: FeatureError.self) {
      try kernelDistance(normalPoints(count: 5, dimension: 2, seed: 1), small, seed: 0)
    }
    #expect(throws: FeatureError.dimensions(left: 2, right: 3)) {
      try kernelDistance(small, normalPoints(count: 7, dimension: 3, seed: 1), seed: 0)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct FrechetExtrapolationTests {
  @Test(
    "The limit of standard normal samples is zero within its error, and the bias that of theory")
  func unbiased() throws {
    let dimension = 12
    var identity = [Double](repeating: 0, count: dimension * dimension)
    for index in 0..<dimension { identity[index * (dimension + 1)] = 1 }
    let law = try GaussianFit(
      mean: [Double](repeating: 0, count: dimension), covariance: identity)
    var (limits, errors, biases) = (RunningMoments(), RunningMoments(), RunningMoments())
    let count = 600
    for seed in 0..<30 {
      let reading = try FrechetExtrapolation(
        normalPoints(count: count, dimension: dimension, seed: seed), to: law, seed: 3)
      limits.add(reading.limit.value)
      errors.add(reading.limit.standardError)
      biases.add(reading.distance.value)
    }
    #expect(abs(limits.mean) < 4 * limits.standardError + 0.003)
    // d/N of the mean, and d (d + 1) / 4N of the covariance.
    let theory = Double(dimension) * (1 + Double(dimension + 1) / 4) / Double(count)
    #expect(abs(biases.mean / theory - 1) < 0.05)
    #expect(errors.mean > 0.5 * limits.standardDeviation)
    #expect(errors.mean < 2.5 * limits.standardDeviation)
  }

  @Test(
    "Parts are a quarter, a third, a half and the whole; the whole is the distance of all samples")
  func parts() throws {
    let law = try FeatureMoments(ComputedElsewhere.right).gaussian()
    let reading = try FrechetExtrapolation(ComputedElsewhere.left, to: law, seed: 1)
    #expect(reading.sizes == [100, 133, 200, 400])
    #expect(abs(reading.distances[3] - ComputedElsewhere.frechet) < 1e-11)
    #expect(reading.distance.value == reading.distances[3])
    #expect(reading.limit.value < reading.distance.value)
    #expect(reading.bias == reading.distance.value - reading.limit.value)
    #expect(try FrechetExtrapolation(ComputedElsewhere.left, to: law, seed: 1) == reading)
  }

  @Test("Too few samples are refused with the number that would do")
  func tooFew() throws {
    let law = try FeatureMoments(ComputedElsewhere.right).gaussian()
    let needed = FrechetExtrapolation.fewestSamples(features: 6)
    func sample(_ count: Int) -> Points { normalPoints(count: count, dimension: 6, seed: 1) }
    #expect(throws: FeatureError.self) {
      try FrechetExtrapolation(sample(needed - 1), to: law, seed: 0)
    }
    #expect(throws: Never.self) { try FrechetExtrapolation(sample(needed), to: law, seed: 0) }
  }
}

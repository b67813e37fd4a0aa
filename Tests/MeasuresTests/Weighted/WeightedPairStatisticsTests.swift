// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct WeightedPairStatisticsTests {
  private let kernel = GaussianKernel(bandwidths: [0.5, 2])

  @Test("Equal weights give the unweighted values")
  func equalWeights() {
    let left = normalPoints(count: 41, dimension: 2, seed: 1)
    let right = normalPoints(count: 30, dimension: 2, seed: 2).shifted(by: [1, 0])
    let weighted = WeightedPoints(left, weights: Array(repeating: 7, count: 41))
    let pairs = [
      (energyDistance(left, right), energyDistance(weighted, WeightedPoints(right))),
      (
        maximumMeanDiscrepancy(left, right, kernel: kernel),
        maximumMeanDiscrepancy(weighted, WeightedPoints(right), kernel: kernel)
      ),
    ]
    for (plain, found) in pairs {
      #expect(abs(plain.value - found.value) < 1e-12)
      #expect(abs(found.standardError / plain.standardError - 1) < 0.1)
    }
  }

  @Test("Weights that undo a biased draw give the distance of the unbiased law")
  func importanceWeights() {
    // Half of the points lie at one and a quarter weigh three times as much; the law is even.
    var values: [Double] = []
    var (readings, plainReadings) = (RunningMoments(), RunningMoments())
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      values = (0..<40).map { _ in Double.random(in: 0...1, using: &generator) < 0.75 ? 0 : 1 }
      let even = (0..<40).map { _ in Double(Int.random(in: 0...1, using: &generator)) }
      let biased = WeightedPoints(
        Points(values, dimension: 1), weights: values.map { $0 == 0 ? 1.0 : 3.0 })
      let other = WeightedPoints(Points(even, dimension: 1))
      readings.add(energyDistance(biased, other).value)
      plainReadings.add(energyDistance(WeightedPoints(biased.points), other).value)
    }
    // Self-normalised weights have a bias of order one over the count.
    #expect(abs(readings.mean) < 3 * readings.standardError + 0.02)
    #expect(plainReadings.mean > 0.1)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct MaximumMeanDiscrepancyTests {
  private let kernel = GaussianKernel(bandwidths: [0.7, 2])

  @Test("The value is the sum over pairs, the error the jackknife", arguments: [1, 2, 5])
  func definition(dimension: Int) {
    let left = normalPoints(count: 13, dimension: dimension, seed: 1)
    let right = normalPoints(count: 10, dimension: dimension, seed: 2)
    let estimate = maximumMeanDiscrepancy(left, right, kernel: kernel)
    #expect(abs(estimate.value - byDefinition(left, right)) < 1e-13)
    let leftOut = RunningMoments((0..<13).map { byDefinition(left.without($0), right) })
    let rightOut = RunningMoments((0..<10).map { byDefinition(left, right.without($0)) })
    let variance = leftOut.variance * 12 * 12 / 13 + rightOut.variance * 9 * 9 / 10
    #expect(abs(estimate.standardError - variance.squareRoot()) < 1e-12)
  }

  @Test("Gaussians have their closed form, with a calibrated error", arguments: [1, 2])
  func gaussians(dimension: Int) {
    let (shift, bandwidth) = (0.8, 1.3)
    let estimates = (0..<200).map { (seed: Int) -> Estimate in
      maximumMeanDiscrepancy(
        normalPoints(count: 70, dimension: dimension, seed: 2 * seed),
        normalPoints(count: 50, dimension: dimension, seed: 2 * seed + 1).scaled(by: 0.5)
          .shifted(by: Array(repeating: shift, count: dimension)),
        kernel: GaussianKernel(bandwidths: [bandwidth]))
    }
    // E exp(−|D|²/2h²) of D ~ N(m, v) is Π (h²/(h² + v))^½ exp(−m²/2(h² + v)).
    func expected(_ mean: Double, _ variance: Double) -> Double {
      let total = bandwidth * bandwidth + variance
      return pow(
        bandwidth / total.squareRoot() * exp(-mean * mean / (2 * total)), Double(dimension))
    }
    let want = expected(0, 2) + expected(0, 0.5) - 2 * expected(shift, 1.25)
    let moments = RunningMoments(estimates.map { $0.value })
    #expect(abs(moments.mean - want) < 4 * moments.standardError)
    let claimed = RunningMoments(estimates.map { $0.standardError * $0.standardError }).mean
    #expect(claimed > 0.7 * moments.variance && claimed < 1.6 * moments.variance)
  }

  @Test("Samples of one law average to zero, and some fall below")
  func equalLaws() {
    let values = (0..<200).map { seed in
      maximumMeanDiscrepancy(
        normalPoints(count: 40, dimension: 2, seed: 2 * seed),
        normalPoints(count: 40, dimension: 2, seed: 2 * seed + 1), kernel: kernel
      ).value
    }
    let moments = RunningMoments(values)
    #expect(abs(moments.mean) < 4 * moments.standardError)
    #expect(values.contains { $0 < 0 })
  }

  @Test("The median heuristic is the median distance of the pooled points")
  func median() {
    let left = Points([0, 1], dimension: 1)
    let right = Points([3, 7], dimension: 1)
    // Distances 1, 2, 3, 4, 6, 7.
    #expect(GaussianKernel.medianHeuristic(left, right).bandwidths == [4])
    let heap = Points([2, 2, 2], dimension: 1)
    #expect(GaussianKernel.medianHeuristic(heap, heap).bandwidths == [1])
    #expect(maximumMeanDiscrepancy(heap, heap, kernel: kernel).value == 0)
  }

  private func byDefinition(_ left: Points, _ right: Points) -> Double {
    func mean(_ a: Points, _ b: Points, same: Bool) -> Double {
      var moments = RunningMoments()
      for i in 0..<a.count {
        for j in 0..<b.count where !(same && i == j) {
          let square = zip(a[i], b[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          let values = kernel.bandwidths.map { exp(-square / (2 * $0 * $0)) }
          moments.add(values.reduce(0, +) / Double(values.count))
        }
      }
      return moments.mean
    }
    return mean(left, left, same: true) + mean(right, right, same: true)
      - 2 * mean(left, right, same: false)
  }
}

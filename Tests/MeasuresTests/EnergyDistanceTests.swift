// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct EnergyDistanceTests {
  @Test("Two heaps of points are twice their distance apart")
  func heaps() {
    let left = Points(Array(repeating: 0, count: 3 * 3), dimension: 3)
    let right = Points(Array(repeating: [2, 1, 2], count: 4).flatMap { $0 }, dimension: 3)
    let distance = energyDistance(left, right)
    #expect(distance.value == 6)
    #expect(distance.standardError == 0)
    #expect(energyDistance(left, left).value == 0)
  }

  @Test("The value is the sum over pairs, the error the jackknife", arguments: [1, 2, 5])
  func equalsItsDefinition(dimension: Int) {
    let left = normalPoints(count: 13, dimension: dimension, seed: 1)
    let right = normalPoints(count: 9, dimension: dimension, seed: 2)
    let estimate = energyDistance(left, right)
    #expect(abs(estimate.value - energyByDefinition(left, right)) < 1e-13)

    let leftOut = RunningMoments((0..<13).map { energyByDefinition(left.without($0), right) })
    let rightOut = RunningMoments((0..<9).map { energyByDefinition(left, right.without($0)) })
    let variance = leftOut.variance * 12 * 12 / 13 + rightOut.variance * 8 * 8 / 9
    #expect(abs(estimate.standardError - variance.squareRoot()) < 1e-12)
  }

  @Test("Samples of one law average to zero, with an error that is not too small")
  func unbiasedUnderEquality() {
    let estimates = (0..<200).map { (seed: Int) -> Estimate in
      energyDistance(
        normalPoints(count: 60, dimension: 2, seed: 2 * seed),
        normalPoints(count: 40, dimension: 2, seed: 2 * seed + 1))
    }
    let moments = RunningMoments(estimates.map { $0.value })
    #expect(abs(moments.mean) < 4 * moments.standardError)
    let claimed = meanSquaredError(estimates)
    // The jackknife doubles the variance of a degenerate statistic.
    #expect(claimed > 1.3 * moments.variance && claimed < 2.9 * moments.variance)
    #expect(estimates.contains { $0.value < 0 })
  }

  @Test("Shifted Gaussians on the line have their known energy distance, with a calibrated error")
  func shiftedGaussians() {
    let shift = 1.5
    let estimates = (0..<200).map { (seed: Int) -> Estimate in
      energyDistance(
        normalPoints(count: 80, dimension: 1, seed: 2 * seed),
        normalPoints(count: 60, dimension: 1, seed: 2 * seed + 1).shifted(by: [shift]))
    }
    // E|N(m, 2)| = 2/sqrt(pi) exp(-m²/4) + m erf(m/2).
    let within = 2 / Double.pi.squareRoot()
    let between = within * exp(-shift * shift / 4) + shift * erf(shift / 2)
    let moments = RunningMoments(estimates.map { $0.value })
    let expected = 2 * between - 2 * within
    #expect(abs(moments.mean - expected) < 4 * moments.standardError)
    let claimed = meanSquaredError(estimates)
    #expect(claimed > 0.7 * moments.variance && claimed < 1.5 * moments.variance)
  }

  @Test("The order of the points does not matter")
  func permutationInvariance() {
    let left = normalPoints(count: 50, dimension: 2, seed: 3)
    let right = normalPoints(count: 70, dimension: 2, seed: 4)
    let plain = energyDistance(left, right)
    let shuffled = energyDistance(left.shuffled(seed: 1), right.shuffled(seed: 2))
    #expect(abs(plain.value - shuffled.value) < 1e-13)
    #expect(abs(plain.standardError - shuffled.standardError) < 1e-13)
    #expect(abs(plain.value - energyDistance(right, left).value) < 1e-13)
  }

  @Test("A sample that is not finite has no distance")
  func notFinite() {
    let points = normalPoints(count: 5, dimension: 2, seed: 3)
    #expect(energyDistance(points, points.shifted(by: [.infinity, 0])).value.isNaN)
  }

  @Test("the work is told of row by row, and ended by what is thrown there")
  func told() throws {
    struct Stop: Error {}
    let (left, right) = (Points([0, 1, 3, 6], dimension: 1), Points([2, 5, 9], dimension: 1))
    var seen: [Int] = []
    let whole = energyDistance(left, right) { done, total in
      seen.append(done)
      #expect(total == 11)
    }
    #expect(seen == Array(0..<11))
    #expect(whole == energyDistance(left, right))
    #expect(throws: Stop.self) {
      try energyDistance(left, right) { done, _ in if done == 8 { throw Stop() } }
    }
  }
}

private func energyByDefinition(_ left: Points, _ right: Points) -> Double {
  func meanDistance(_ first: Points, _ second: Points, same: Bool) -> Double {
    var moments = RunningMoments()
    for i in 0..<first.count {
      for j in 0..<second.count where !(same && i == j) {
        let squares = zip(first[i], second[j]).map { ($0 - $1) * ($0 - $1) }
        moments.add(squares.reduce(0, +).squareRoot())
      }
    }
    return moments.mean
  }
  return 2 * meanDistance(left, right, same: false) - meanDistance(left, left, same: true)
    - meanDistance(right, right, same: true)
}

private func meanSquaredError(_ estimates: [Estimate]) -> Double {
  RunningMoments(estimates.map { $0.standardError * $0.standardError }).mean
}

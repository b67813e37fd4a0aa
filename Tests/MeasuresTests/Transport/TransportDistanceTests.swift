// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct TransportDistanceTests {
  @Test("Equal sizes give the distance and the error of the assignment")
  func assignment() {
    let left = normalPoints(count: 120, dimension: 2, seed: 1)
    let right = normalPoints(count: 120, dimension: 2, seed: 2).shifted(by: [0.5, 0])
    let found = transportDistance(WeightedPoints(left), WeightedPoints(right))
    let expected = wassersteinEstimate(left, right)
    #expect(abs(found.value - expected.value) < 1e-12)
    // Optimal prices are not unique; they agree to the spacing of the points.
    #expect(abs(found.standardError / expected.standardError - 1) < 0.1)
  }

  @Test("On the line unequal sizes and weights give the difference of the quantiles")
  func line() {
    let left = normalPoints(count: 70, dimension: 1, seed: 1)
    let right = normalPoints(count: 111, dimension: 1, seed: 2)
    let found = transportDistance(WeightedPoints(left), WeightedPoints(right)).value
    #expect(abs(found - wassersteinDistanceOnLine(left.values, right.values)) < 1e-13)
    let three = WeightedPoints(Points([0, 1, 5], dimension: 1), weights: [2, 1, 0])
    let one = WeightedPoints(Points([1], dimension: 1))
    #expect(abs(transportDistance(three, one).value - (2.0 / 3).squareRoot()) < 1e-13)
  }

  @Test("A whole weight is that many points")
  func repeatedPoints() {
    let left = normalPoints(count: 40, dimension: 2, seed: 1)
    let right = normalPoints(count: 30, dimension: 2, seed: 2)
    let weights = (0..<40).map { Double($0 % 4) }
    let copies = Points(
      (0..<40).flatMap { row in (0..<row % 4).flatMap { _ in left[row] } }, dimension: 2)
    let weighted = transportDistance(
      WeightedPoints(left, weights: weights), WeightedPoints(right))
    let repeated = transportDistance(WeightedPoints(copies), WeightedPoints(right))
    #expect(abs(weighted.value - repeated.value) < 1e-12)
  }

  @Test("Points that are not finite have no distance")
  func notFinite() {
    let far = WeightedPoints(Points([1e200, 0], dimension: 1))
    #expect(transportDistance(far, WeightedPoints(Points([0], dimension: 1))).value.isNaN)
  }

  @Test("The standard error is the deviation over samples, also with weights")
  func standardError() {
    let readings = (0..<60).map { seed in
      transportDistance(
        WeightedPoints(
          normalPoints(count: 60, dimension: 1, seed: 1000 + seed),
          weights: (0..<60).map { Double($0 % 3 + 1) }),
        WeightedPoints(normalPoints(count: 90, dimension: 1, seed: seed).shifted(by: [2])))
    }
    let deviation = RunningMoments(readings.map(\.value)).standardDeviation
    let stated = readings.map(\.standardError).reduce(0, +) / 60
    #expect(abs(stated / deviation - 1) < 0.3)
  }
}

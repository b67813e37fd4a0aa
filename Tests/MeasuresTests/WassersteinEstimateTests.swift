// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Testing

@Suite struct WassersteinEstimateTests {
  @Test("Its value is the distance, and its prices prove the assignment")
  func value() {
    let left = normalPoints(count: 60, dimension: 2, seed: 1)
    let right = normalPoints(count: 60, dimension: 2, seed: 2).shifted(by: [1, 2])
    #expect(
      abs(wassersteinEstimate(left, right).value - wassersteinDistance(left, right)) < 1e-14)
    let costs = (0..<60).flatMap { i in
      (0..<60).map { j in zip(left[i], right[j]).reduce(0) { $0 + pow($1.0 - $1.1, 2) } }
    }
    let assignment = Assignment(minimizing: costs, count: 60)
    for row in 0..<60 {
      for column in 0..<60 {
        let slack =
          costs[row * 60 + column] - assignment.rowPrices[row] - assignment.columnPrices[column]
        #expect(slack > -1e-12)
        if assignment.columns[row] == column { #expect(abs(slack) < 1e-12) }
      }
    }
  }

  @Test("Gaussians have their known distance, with an honest error")
  func gaussians() {
    // W2² of N(0, 1) and N(3, 1.5²) is 3² + 0.5².
    let estimates = (0..<150).map { (seed: Int) -> Estimate in
      wassersteinEstimate(
        normalPoints(count: 200, dimension: 1, seed: 2 * seed),
        normalPoints(count: 200, dimension: 1, seed: 2 * seed + 1).scaled(by: 1.5)
          .shifted(by: [3]))
    }
    let moments = RunningMoments(estimates.map { $0.value })
    // The mean of the squared distance is too large by order 1/n.
    #expect(abs(moments.mean - 9.25.squareRoot()) < 4 * moments.standardError + 0.005)
    let claimed = RunningMoments(estimates.map { $0.standardError * $0.standardError }).mean
    #expect(claimed / moments.variance > 0.7 && claimed / moments.variance < 1.4)
  }

  @Test("Points that are not finite have no distance") func notFinite() {
    let points = normalPoints(count: 5, dimension: 2, seed: 3)
    #expect(wassersteinEstimate(points, points.shifted(by: [.nan, 0])).value.isNaN)
  }
}

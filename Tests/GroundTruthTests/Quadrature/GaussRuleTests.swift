// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Testing

@Suite struct GaussRuleTests {
  @Test("Legendre's rules integrate polynomials of their degree over [0, 1]")
  func legendre() {
    for count in [1, 2, 3, 5, 16, 64] {
      let rule = GaussRule.legendre(count)
      #expect(rule.nodes == rule.nodes.sorted() && rule.nodes.count == count)
      #expect(abs(rule.weights.reduce(0, +) - 1) < 1e-14)
      let degree = 2 * count - 1
      let integral = zip(rule.nodes, rule.weights).reduce(0) {
        $0 + $1.1 * pow($1.0, Double(degree))
      }
      #expect(abs(integral * Double(degree + 1) - 1) < 1e-12)
    }
  }

  @Test("Hermite's rules have the moments (k − 1)!! of the standard normal law")
  func hermite() {
    for count in [1, 2, 3, 5, 16] {
      let rule = GaussRule.hermite(count)
      var wanted = 1.0
      for power in stride(from: 0, to: 2 * count, by: 2) {
        let moment = zip(rule.nodes, rule.weights).reduce(0) {
          $0 + $1.1 * pow($1.0, Double(power))
        }
        #expect(abs(moment / wanted - 1) < 1e-12)
        wanted *= Double(power + 1)
      }
      #expect(abs(zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-14)
    }
  }
}

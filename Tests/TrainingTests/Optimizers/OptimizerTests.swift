// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing
import Training

@testable import Training

@Suite struct OptimizerTests {
  @Test("The rectification of RAdam begins at step 6 for a second decay of 0.999")
  func rectificationBeginsAtStepSix() throws {
    for step in 1...5 { #expect(Optimizer.rectification(step: step, beta2: 0.999) == nil) }
    // rho(6) = 5.994..., and the factor below, from exact rational arithmetic.
    let factor = try #require(Optimizer.rectification(step: 6, beta2: 0.999))
    #expect(abs(factor - 0.0258211128018652) < 1e-9)
  }

  @Test("The rectification of RAdam rises to one")
  func rectificationRisesToOne() throws {
    var previous = 0.0
    for step in stride(from: 6, through: 20_000, by: 97) {
      let factor = try #require(Optimizer.rectification(step: step, beta2: 0.999))
      #expect(factor > previous)
      previous = factor
    }
    #expect(previous <= 1 && previous > 1 - 1e-4)
  }

  @Test("Every rule has a name of its own and survives a round trip through JSON")
  func namesAndCoding() throws {
    for optimizer in Optimizer.defaults {
      let data = try JSONEncoder().encode(optimizer)
      #expect(try JSONDecoder().decode(Optimizer.self, from: data) == optimizer)
      try optimizer.validate()
    }
    #expect(Set(Optimizer.defaults.map(\.name)).count == Optimizer.defaults.count)
  }

  @Test(
    "A coefficient outside its range is refused by name",
    arguments: [
      (Optimizer.adam(beta1: 1), "beta1"), (.adamW(beta2: -0.1), "beta2"),
      (.radam(epsilon: 0), "epsilon"), (.adamW(weightDecay: -1), "weightDecay"),
      (.sgd(momentum: .nan), "momentum"), (.muon(momentum: 1), "momentum"),
      (.muon(neuronDecay: 1), "neuronDecay"), (.muon(weightDecay: .infinity), "weightDecay"),
      (.muon(beta1: 1), "beta1"),
    ])
  func coefficientsAreChecked(optimizer: Optimizer, coefficient: String) {
    let error = #expect(throws: ConfigurationError.self) { try optimizer.validate() }
    #expect(error?.description.contains(coefficient) == true)
    #expect(error?.description.contains(optimizer.name) == true)
  }

  @Test("A power by repeated squaring agrees with the mathematical library")
  func integerPowers() {
    for exponent in [0, 1, 2, 3, 7, 100, 12_345] {
      let expected = pow(0.999, Double(exponent))
      #expect(abs(integerPower(0.999, exponent) - expected) <= 1e-12 * expected)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing
import Training

@Suite struct StepCoefficientsTests {
  @Test("the corrections of Adam's moments make the first step one of the plain gradient")
  func firstStep() {
    let step = Optimizer.adamW(weightDecay: 0.5).coefficients(
      step: 1, rate: 0.25, gradientScale: 0.75)
    #expect(abs(step[.adaptedRate] * (1 - 0.9) - 0.25) < 1e-16)
    #expect(abs(step[.inverseRoot] * (1 - 0.999).squareRoot() - 1) < 1e-15)
    #expect(step[.gradientScale] == 0.75 && step[.rate] == 0.25)
    #expect(step[.kept] == 1 - 0.25 * 0.5 && step[.adaptation] == 1)
  }

  @Test("RAdam adapts from the step of its rectification on, and scales by it")
  func rectification() {
    for step in 1...10 {
      let coefficients = Optimizer.radam().coefficients(step: step, rate: 1, gradientScale: 1)
      let plain = Optimizer.adam().coefficients(step: step, rate: 1, gradientScale: 1)
      let factor = Optimizer.rectification(step: step, beta2: 0.999)
      #expect(coefficients.isAdapted == (factor != nil))
      #expect(coefficients.adaptedRate == plain.adaptedRate * (factor ?? 1))
    }
  }

  @Test("gradient descent takes its rate as it is")
  func descent() {
    let step = Optimizer.sgd(momentum: 0.9).coefficients(step: 7, rate: 0.5, gradientScale: 2)
    #expect(step.rate == 0.5 && step.adaptedRate == 0.5 && step.decay == 0 && !step.isAdapted)
  }
}

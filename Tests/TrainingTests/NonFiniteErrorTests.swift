// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Testing

@testable import Training

@Suite struct NonFiniteErrorTests {
  private func advice(
    _ tangent: TangentMethod = .exact, _ precision: Precision = .float32, stepsMade: Int
  ) -> String {
    let configuration = TrainingConfiguration(
      loss: TrainingLoss(objective: .eulerianSelfDistillation, tangent: tangent),
      precision: precision)
    return NonFiniteError(
      step: stepsMade + 1, of: configuration, quantity: "the loss", value: .nan,
      stepsMade: stepsMade
    ).advice
  }

  @Test("before a step was made the learning rate is not blamed")
  func firstStep() {
    #expect(advice(stepsMade: 0).contains("learning rate is not the cause"))
    #expect(advice(stepsMade: 3).contains("A smaller learning rate"))
  }

  @Test("a finite-difference step that the numbers cannot resolve is blamed")
  func resolution() {
    let text = advice(.centralDifference(step: 1e-300), .float64, stepsMade: 0)
    #expect(text.contains("finite-difference step 1e-300") && !text.contains("learning rate"))
    #expect(advice(.centralDifference(step: 1e-9), .float32, stepsMade: 3).contains("float32"))
    #expect(
      advice(.centralDifference(step: 1e-9), .float64, stepsMade: 3).contains("learning rate"))
  }
}

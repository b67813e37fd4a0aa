// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Testing

@testable import Runs

@Suite struct GradientsTests {
  @Test(
    "a gradient norm far above the median before it is an explosion, with advice by the placement of the stop",
    arguments: [
      (Objective.eulerianSelfDistillation, "ill-posed"), (.directFull, "direct-semi"),
      (.eulerianSelfDistillationUnstopped, "stiff"), (.lagrangianFull, "lsd"),
      (.improvedSelfDistillation, "stopped as a whole"),
    ])
  func explosion(objective: Objective, word: String) {
    let subject = healthySubject(objective: objective).setting("gradientNormMaximum") {
      $0 == 15 ? 40 : 1.2
    }
    #expect(subject.gradients.isFound)
    #expect(subject.gradients.advice.contains(word), "\(subject.gradients.advice)")
  }

  @Test("gradients that fall from a large start are no explosion")
  func falling() {
    let subject = healthySubject().setting("gradientNorm") { 1000 / Double(1 + $0 * $0) }
      .setting("gradientNormMaximum") { 3000 / Double(1 + $0 * $0) }
    #expect(!subject.gradients.isFound && !subject.gradients.isUnknown)
  }

  @Test("a few rows have no median to speak of")
  func few() {
    var subject = healthySubject()
    subject.rows = Array(subject.rows.prefix(3))
    #expect(subject.gradients.isUnknown)
  }
}

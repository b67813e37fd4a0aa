// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Testing
import Training

@testable import Runs

@Suite struct DivergenceTests {
  @Test("a run that broke while the optimiser's moments settled has diverged in its first steps")
  func early() {
    var subject = healthySubject()
    subject.state = .diverged
    subject.lastStep = 50
    #expect(subject.earlyDivergence.isFound && !subject.lateDivergence.isFound)
    #expect(subject.earlyDivergence.advice.contains("0.0002"))
    subject.lastStep = 0
    #expect(subject.earlyDivergence.advice.contains("No step was made"))
  }

  @Test("one that broke after that has diverged late, and self-distillation is told of its loop")
  func late() {
    var subject = healthySubject()
    subject.state = .diverged
    subject.lastStep = 5000
    #expect(!subject.earlyDivergence.isFound && subject.lateDivergence.isFound)
    #expect(subject.lateDivergence.advice.contains("--teacher"))
    subject.configuration.loss = TrainingLoss(objective: .directFull)
    #expect(!subject.lateDivergence.advice.contains("--teacher"))
    // Momentum forgets in ten steps what Adam's second moment forgets in a thousand.
    subject.configuration.optimizer = .sgd(momentum: 0.9)
    subject.lastStep = 11
    #expect(subject.lateDivergence.isFound)
    subject.configuration.schedule = .constant(1, warmUpSteps: 20)
    #expect(subject.earlyDivergence.isFound)
  }

  @Test("a run that goes on, ended or was stopped has not diverged")
  func other() {
    for state in [RunRecord.State.running, .finished, .interrupted] {
      var subject = healthySubject()
      subject.state = state
      #expect(!subject.earlyDivergence.isFound && !subject.lateDivergence.isFound)
    }
    var old = healthySubject()
    old.state = nil
    #expect(old.earlyDivergence.isUnknown)
  }
}

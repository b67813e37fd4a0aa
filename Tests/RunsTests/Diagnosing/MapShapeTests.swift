// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Interpolants
import Measures
import Networks
import Testing
import Training

@testable import Runs

@Suite struct MapShapeTests {
  /// What direct training on four modes was seen to end with.
  private var flat: DiagnosisSubject {
    healthySubject(objective: .directFull).setting("flowMapError") { $0 == 0 ? 0.42 : 0.81 }
      .setting("varianceTermAtZero") { $0 == 0 ? 3.02 : 1.58 }
  }

  @Test("a map far from the flow map that has become flatter is degenerate")
  func degenerate() {
    #expect(flat.degeneracy.isFound)
    #expect(flat.degeneracy.advice.contains("direct-semi"))
    #expect(!healthySubject().degeneracy.isFound && !healthySubject().degeneracy.isUnknown)
  }

  @Test("a map that is unfinished is as far away, but no flatter than it was")
  func unfinished() {
    let subject = flat.setting("varianceTermAtZero") { 3 + Double($0) }
    #expect(!subject.degeneracy.isFound)
  }

  @Test("without a law or a size of the data the shape is not looked at")
  func unknown() {
    var subject = flat
    subject.dataSize = nil
    #expect(subject.degeneracy.isUnknown && subject.mapSize.isUnknown)
    subject = flat
    subject.configuration.network = MultilayerPerceptron(classCount: 4).architecture
    #expect(subject.degeneracy.isFound)
    subject.configuration.loss.guidance = Guidance(scale: 3)
    #expect(subject.degeneracy.isUnknown)
    subject = healthySubject()
    subject.rows = []
    #expect(subject.degeneracy.isUnknown)
  }

  @Test("a map twice as far out as data and noise runs away, as its checkpoints show")
  func size() {
    var subject = healthySubject()
    subject.mapSizes = [.init(step: 200, value: 2), .init(step: 400, value: 9)]
    #expect(subject.mapSize.isFound)
    subject.configuration.interpolant = .trigonometric
    #expect(subject.mapSize.advice.contains("--weighting cosine"))
    subject.configuration.loss = TrainingLoss(
      objective: .improvedSelfDistillation, weighting: .cosinePseudoHuber())
    #expect(subject.mapSize.isFound && !subject.mapSize.advice.contains("--weighting cosine"))
    // Data much smaller than the noise: a map that has not begun is no run-away.
    subject.mapSizes = [.init(step: 0, value: 2)]
    subject.dataSize = 0.01
    #expect(!subject.mapSize.isFound)
  }

  @Test("without checkpoints the flow-map error says the same by the triangle inequality")
  func sizeFromError() {
    var subject = healthySubject().setting("flowMapError") { $0 == 20 ? 9.1 * 2.1 : 1 }
    subject.mapSizes = []
    #expect(subject.mapSize.isFound)
    #expect(!subject.setting("flowMapError") { _ in 8.9 * 2.1 }.mapSize.isFound)
  }

  @Test("a scale of guidance that amplifies errors is too large once the map shows it")
  func guidance() {
    var subject = healthySubject()
    #expect(subject.guidance.isUnknown)
    subject.configuration.network =
      MultilayerPerceptron(classCount: 4).architecture
    subject.configuration.loss.guidance = Guidance(scale: 6)
    subject = subject.setting("guidedMapError") { _ in 5 }
    #expect(subject.guidance.isFound)
    #expect(!subject.setting("guidedMapError") { _ in 0.1 }.guidance.isFound)
    #expect(
      subject.setting("guidedMapError") { _ in 0.1 }.setting("fractionInsideModes") { _ in 0.2 }
        .guidance.isFound)
    subject.configuration.loss.guidance = Guidance(scale: 1.5)
    #expect(!subject.guidance.isFound && !subject.guidance.isUnknown)
    subject.configuration.loss.guidance = Guidance(scale: 1, upTo: 8)
    #expect(subject.guidance.isFound)
  }

  @Test("seeds that lie far apart with s fixed are found, and relaxed or close ones are not")
  func seeds() {
    func group(_ times: TimeSampler, _ errors: [Double]) -> [DiagnosisSubject] {
      errors.enumerated().map { seed, error in
        healthySubject(times: times, seed: UInt64(seed)).setting("flowMapError") { _ in error }
      }
    }
    let apart = [0.05, 0.11, 0.06, 0.14]
    #expect(spreadOverSeeds(group(.endAtZero, apart)).isFound)
    #expect(spreadOverSeeds(group(.endAtZero, apart)).advice.contains("--times relaxed"))
    #expect(!spreadOverSeeds(group(.relaxed(), apart)).isFound)
    #expect(!spreadOverSeeds(group(.endAtZero, [0.050, 0.051, 0.049])).isFound)
    #expect(spreadOverSeeds(group(.endAtZero, [0.05])).isUnknown)
  }
}

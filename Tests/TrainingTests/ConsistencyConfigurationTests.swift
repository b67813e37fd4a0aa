// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import FlowMaps
import Foundation
import Networks
import Testing
import Training

@Suite struct ConsistencyConfigurationTests {
  private func setting(_ change: (inout TrainingConfiguration) -> Void) -> String? {
    var configuration = TrainingConfiguration(
      loss: TrainingLoss(objective: .consistencyTraining))
    change(&configuration)
    do {
      try configuration.validate()
      return nil
    } catch {
      return (error as? ConfigurationError)?.setting
    }
  }

  private func loss(
    _ objective: Objective = .consistencyTraining, weighting: Weighting = .none,
    schedule discretization: Discretization = .doubling(), teacher: Teacher = .online,
    stabilizers: Stabilizers = .published
  ) -> (inout TrainingConfiguration) -> Void {
    {
      $0.loss = TrainingLoss(
        objective: objective, weighting: weighting, discretization: discretization,
        teacher: teacher, stabilizers: stabilizers)
    }
  }

  @Test("what cannot be trained is refused by name")
  func refusals() {
    #expect(setting(loss()) == nil)
    for step in [0, -0.1, 1.5, .nan] {
      #expect(setting(loss(schedule: .constant(step: step))) == "discretisation step")
    }
    #expect(setting(loss(schedule: .doubling(first: 1, last: 8))) == "doubling discretisation")
    #expect(setting(loss(schedule: .doubling(first: 9, last: 8))) == "doubling discretisation")
    #expect(setting(loss(schedule: .shrinking(ratio: 1))) == "shrinking discretisation")
    #expect(setting(loss(schedule: .shrinking(stages: 0))) == "shrinking discretisation")
    #expect(setting(loss(teacher: .average(decay: 1))) == "teacher decay")
    #expect(
      setting(loss(.improvedSelfDistillation, teacher: .average(decay: 0.9))) == "teacher")
    #expect(setting(loss(.directSemi, weighting: .inverseStep)) == "weighting")
    #expect(setting(loss(weighting: .learned(terms: 0))) == "learned weighting")
    for share in [0, 1.1, .nan] {
      #expect(
        setting(loss(stabilizers: Stabilizers(tangentWarmUp: share))) == "tangent warm-up")
    }
    #expect(
      setting(loss(stabilizers: Stabilizers(tangentNormalization: 0)))
        == "tangent normalisation")
    #expect(setting { $0.times = .logNormal(mean: 0, deviation: 0) } == "log-normal times")
    #expect(
      setting {
        $0.network = .perceptron(MultilayerPerceptron(timeFeatures: .positional(features: 3)))
      }
        == "time features")
    #expect(
      setting { $0.network = .perceptron(MultilayerPerceptron(timeFeatures: .fourier(scale: 0))) }
        == "scale of the time features")
  }

  @Test("settings survive coding, and a loss from before them reads back with their defaults")
  func coding() throws {
    let loss = TrainingLoss(
      objective: .stabilizedConsistency, weighting: .learned(terms: 5), tangent: .published,
      discretization: .shrinking(ratio: 4, stages: 5), teacher: .average(decay: 0.5),
      stabilizers: Stabilizers(tangentNormalization: 0.2))
    let data = try JSONEncoder().encode(loss)
    #expect(try JSONDecoder().decode(TrainingLoss.self, from: data) == loss)
    let old = """
      {"objective":"improvedSelfDistillation","sharing":{"everySample":{}},"tangent":{"exact":{}},\
      "weighting":{"none":{}}}
      """
    #expect(
      try JSONDecoder().decode(TrainingLoss.self, from: Data(old.utf8))
        == TrainingLoss(objective: .improvedSelfDistillation))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Networks
import RandomStreams
import TestSupport
import Testing

@testable import Runs
@testable import Training

@Suite struct ResolvedRunTests {
  private func run(_ configuration: TrainingConfiguration = TrainingConfiguration()) throws
    -> ResolvedRun
  {
    ResolvedRun(
      configuration: configuration, source: try ResolvedRun.Source(named: "skewed3"), threads: 2,
      command: "toylab train")
  }

  @Test("a run reads back from run.json as it was, with every kind of setting")
  func roundTrip() throws {
    let configuration = TrainingConfiguration(
      interpolant: .trigonometric,
      network: MultilayerPerceptron(
        width: 7, depth: 1, activation: .gelu, timeEmbedding: .duration, initializer: .heNormal),
      loss: TrainingLoss(
        objective: .lagrangianSelfDistillation, sharing: .diagonalFraction(0.3),
        weighting: .adaptive(power: 0.5, offset: 1e-3), tangent: .centralDifference(step: 0.1 / 3)),
      times: .relaxed(a: 1.0 / 3, b: 2), optimizer: .adamW(weightDecay: 0.1),
      schedule: .squareRootDecay(from: 1e-3, start: 9, warmUpSteps: 3),
      clipping: GradientClipping(maximumNorm: 0.7), averageDecays: [0.9, 0.999], batch: 3,
      steps: 4, seed: .max, metricsInterval: 2, evaluationPoints: 16, precision: .float64)
    try withTemporaryFolder { folder in
      let original = try run(configuration)
      let run = try RunFolder("\(folder)/run")
      try run.writeConfiguration(original)
      try run.finish()
      #expect(try ResolvedRun(of: run.layout) == original)
    }
  }

  @Test("a run of an earlier version is read under its old keys, and says which they are")
  func oldKeys() throws {
    let now = try run(
      TrainingConfiguration(
        loss: TrainingLoss(objective: .consistencyTraining, teacher: .average(decay: 0.9))))
    var json = try #require(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(now)) as? [String: Any])
    json["target"] = json.removeValue(forKey: "source")
    var configuration = try #require(json["configuration"] as? [String: Any])
    configuration["network"] = (configuration["network"] as? [String: Any])?["perceptron"]
    configuration["coupling"] = nil
    var loss = try #require(configuration["loss"] as? [String: Any])
    loss["target"] = loss.removeValue(forKey: "teacher")
    loss["guidance"] = nil
    configuration["loss"] = loss
    json["configuration"] = configuration
    let read = try JSONDecoder().decode(
      ResolvedRun.self, from: JSONSerialization.data(withJSONObject: json))
    #expect(read.configuration == now.configuration && read.source == now.source)
    #expect(read.mappedKeys == ["target": "source"] && now.mappedKeys.isEmpty)
  }

  @Test("a source reads back as the same to the last bit, however often it is written")
  func target() throws {
    var changed = 0
    for seed in 0..<40 {
      let weights = RandomStream(seed: UInt64(seed), purpose: "weights").uniforms(rows: 5, draws: 1)
      let given = try GaussianMixture(
        weights: weights, means: (0..<5).map { [Double($0), 0] }, deviation: 0.5)
      let target = try ResolvedRun.Source(name: "given", mixture: given)
      var read = target
      for _ in 0..<3 {
        read = try JSONDecoder().decode(
          ResolvedRun.Source.self, from: try JSONEncoder().encode(read))
        #expect(read == target)
      }
      for (new, old) in zip(try #require(target.mixture).components, given.components) {
        #expect(abs(new.weight - old.weight) <= 4 * old.weight.ulp)
      }
      changed += target.mixture == given ? 0 : 1
    }
    // Reading does change last digits; without any such case nothing would have been shown.
    #expect(changed > 0)
  }

  @Test(
    "a run.json with a setting out of range is refused",
    arguments: [
      ("\"batch\" : 256", "\"batch\" : 0"), ("\"width\" : 64", "\"width\" : -1"),
      ("\"depth\" : 3", "\"depth\" : 100000"), ("\"dimension\" : 2", "\"dimension\" : 3"),
      ("\"threads\" : 2", "\"threads\" : 0"),
      ("\"checkpointInterval\" : 1000", "\"checkpointInterval\" : 0"),
      ("\"peak\" : 0.002", "\"peak\" : -1"),
      ("\"clipping\" : {\n", "\"clipping\" : {\"maximumNorm\" : -1\n"),
      ("\"linear\"", "\"cubic\""),
    ])
  func outOfRange(found: String, changed: String) throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder("\(folder)/run")
      try run.writeConfiguration(try self.run())
      try run.finish()
      let written = try #require(text(at: run.layout.configurationPath))
      #expect(written.contains(found))
      try written.replacing(found, with: changed).write(
        toFile: run.layout.configurationPath, atomically: false, encoding: .utf8)
      #expect(throws: RunFolderError.self) { try ResolvedRun(of: run.layout) }
    }
  }

  @Test("a run is extended only if its learning rate does not depend on the last step")
  func extending() throws {
    for schedule in [
      LearningRateSchedule.constant(1e-3), .squareRootDecay(from: 1e-3, start: 5),
    ] {
      var run = try run(TrainingConfiguration(schedule: schedule, steps: 10))
      try run.extend(toSteps: 20, path: "run.json")
      #expect(run.configuration.steps == 20)
      #expect(throws: ExtensionError(path: "run.json", steps: 20, asked: 5)) {
        try run.extend(toSteps: 5, path: "run.json")
      }
    }
    for schedule in [LearningRateSchedule.linearDecay(from: 1e-3), .cosine(from: 1e-3)] {
      var run = try run(TrainingConfiguration(schedule: schedule, steps: 10))
      try run.extend(toSteps: 10, path: "run.json")
      #expect(throws: ExtensionError.self) { try run.extend(toSteps: 20, path: "run.json") }
      #expect(run.configuration.steps == 10)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import FlowMaps
import Foundation
import Interpolants
import Measures
import Networks
import Probing
import RandomStreams
import Runs
import TestSupport
import Testing
import Training

@Suite struct PretrainedTests {
  private let network = MultilayerPerceptron(width: 8, depth: 2)

  private func run(
    _ objective: Objective, teacher: Pretrained? = nil, start: Pretrained? = nil, threads: Int = 1
  ) throws -> ResolvedRun {
    ResolvedRun(
      configuration: TrainingConfiguration(
        network: network, loss: TrainingLoss(objective: objective), averageDecays: [0.9],
        batch: 70, steps: 12, metricsInterval: 6, evaluationPoints: 16, teacher: teacher?.network,
        start: start?.network),
      source: try ResolvedRun.Source(named: "skewed3"),
      pretrained: PretrainedParameters(
        teacher: teacher?.parameters ?? [], start: start?.parameters ?? []),
      checkpointInterval: 5, threads: threads, command: "toylab train")
  }

  private func train(
    _ run: ResolvedRun, _ path: String, existing: RunFolder.ExistingRun = .refuse,
    stopAfter last: Int = .max
  ) throws {
    let training = try RecordedTraining(run, in: path, existing: existing)
    _ = try training.train { _ in
    } shouldStop: {
      training.step >= last
    }
  }

  @Test(
    "a run taught by another resumes bit for bit from its own folder, the other's being gone",
    arguments: [Objective.consistencyDistillation, .lagrangianFull])
  func distillation(objective: Objective) throws {
    try withTemporaryFolder { folder in
      let flow = "\(folder)/flow"
      try train(try run(.flowMatching), flow)
      let teacher = try Pretrained(run: flow, averageDecay: 0.9)
      let start = try Pretrained(run: flow)
      #expect(teacher.parameters != start.parameters)
      let distilled = try run(objective, teacher: teacher, start: start)
      try train(distilled, "\(folder)/whole")
      try train(distilled, "\(folder)/parts", stopAfter: 7)
      try FileManager.default.removeItem(atPath: flow)
      var resumed = try ResolvedRun(of: RunLayout("\(folder)/parts"))
      #expect(resumed == distilled)
      resumed.threads = 3
      try train(resumed, "\(folder)/parts", existing: .resume)
      func bytes(_ run: String) throws -> Data? {
        FileManager.default.contents(
          atPath: try #require(try RunLayout(run).checkpoints().last).path)
      }
      #expect(try bytes("\(folder)/whole") == bytes("\(folder)/parts"))
      let rows = try RunLayout("\(folder)/whole").metrics()
      #expect(rows.count == 3)
      for row in rows {
        // The map of the start is measured along the teacher's velocity and along the exact one.
        let (own, exact) = (
          try #require(row.estimate(of: .teacherEulerianLoss)),
          try #require(row.estimate(of: .eulerianLoss))
        )
        #expect(own.value > 0 && own.value != exact.value)
      }
      #expect(try ProbedRun("\(folder)/whole").initialParameters == start.parameters)
    }
  }

  @Test(
    "a transformer's parameters come back from a file of published names; a missing one is named")
  func published() throws {
    let sizes = TransformerConfiguration(
      imageSize: 4, patchSize: 2, channels: 1, width: 16, depth: 1, heads: 2, classCount: 3)
    let names = PublishedTransformerNames(sizes)
    let values = FlowMapTransformer(sizes).initialParameters(
      RandomStream(seed: 1, purpose: "test"))
    try withTemporaryFolder { folder in
      let path = "\(folder)/published.safetensors"
      var file = SafeTensors()
      for array in names.arrays(from: values) {
        file[array.name] = SafeTensors.Tensor(array.values, shape: array.shape)
      }
      try file.write(to: path)
      let read = try Pretrained(published: path, as: sizes, interpolant: .linear)
      #expect(read.parameters == values)
      file["final_layer.linear.bias"] = nil
      try file.write(to: path)
      let error = #expect(throws: PublishedCheckpointError.self) {
        try Pretrained(published: path, as: sizes, interpolant: .linear)
      }
      #expect(error?.missing == ["final_layer.linear.bias"] && error?.unknown == [])
    }
  }
}

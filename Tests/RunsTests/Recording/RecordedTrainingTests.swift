// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import FlowMaps
import Foundation
import Networks
import Probing
import Runs
import TestSupport
import Testing
import Training

@Suite struct RecordedTrainingTests {
  private func run(
    steps: Int = 23, schedule: LearningRateSchedule = .cosine(from: 2e-3), threads: Int = 1,
    precision: Precision = .float32
  ) throws -> ResolvedRun {
    ResolvedRun(
      configuration: TrainingConfiguration(
        network: MultilayerPerceptron(width: 8, depth: 2), optimizer: .radam(), schedule: schedule,
        averageDecays: [0.9], batch: 70, steps: steps, seed: 5, metricsInterval: 7,
        evaluationPoints: 16, precision: precision),
      source: try ResolvedRun.Source(named: "skewed3"), checkpointInterval: 10, threads: threads,
      command: "toylab train")
  }

  @discardableResult
  private func train(
    _ run: ResolvedRun, _ path: String, existing: RunFolder.ExistingRun = .refuse,
    stopAfter last: Int = .max
  ) throws -> RecordedTraining.Ending {
    let training = try RecordedTraining(run, in: path, existing: existing)
    return try training.train { _ in
    } shouldStop: {
      training.step >= last
    }
  }

  /// The metrics and the latest checkpoint, byte for byte.
  private func results(_ path: String) throws -> [Data] {
    let layout = RunLayout(path)
    let latest = try #require(try layout.checkpoints().last)
    return try [layout.metricsPath, latest.path].map {
      try #require(FileManager.default.contents(atPath: $0))
    }
  }

  @Test("a run keeps its settings, its metrics and a checkpoint at every interval and at the end")
  func parts() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let run = try run()
      #expect(try train(run, path) == .complete)
      let layout = RunLayout(path)
      #expect(try ResolvedRun(of: layout) == run)
      #expect(try layout.metrics().map(\.step) == [0, 7, 14, 21, 23])
      #expect(try layout.checkpoints().map(\.step) == [10, 20, 23])
    }
  }

  @Test(
    "a run stopped anywhere and resumed is byte-identical to one that was not",
    arguments: [1, 7, 10, 12, 22], [Precision.float32, .float64])
  func resuming(step: Int, precision: Precision) throws {
    try withTemporaryFolder { folder in
      let run = try run(precision: precision)
      try train(run, "\(folder)/whole")
      #expect(try train(run, "\(folder)/parts", stopAfter: step) == .stopped(step: step))
      #expect(try train(run, "\(folder)/parts", existing: .resume) == .complete)
      #expect(try results("\(folder)/parts") == results("\(folder)/whole"))
    }
  }

  @Test("rows written after the checkpoint, as by a process that was killed, do not come twice")
  func killed() throws {
    try withTemporaryFolder { folder in
      let run = try run()
      try train(run, "\(folder)/whole")
      try train(run, "\(folder)/parts")
      let layout = RunLayout("\(folder)/parts")
      for checkpoint in try layout.checkpoints() where checkpoint.step > 10 {
        try FileManager.default.removeItem(atPath: checkpoint.path)
      }
      try train(run, "\(folder)/parts", existing: .resume)
      #expect(try results("\(folder)/parts") == results("\(folder)/whole"))
    }
  }

  @Test("an extended run ends with the checkpoint of one that was long from the start")
  func extending() throws {
    try withTemporaryFolder { folder in
      var run = try run(schedule: .constant(1e-3))
      try train(run, "\(folder)/extended")
      try run.extend(toSteps: 30, path: "")
      try train(run, "\(folder)/extended", existing: .resume)
      try train(run, "\(folder)/long")
      let (extended, long) = (RunLayout("\(folder)/extended"), RunLayout("\(folder)/long"))
      #expect(try ResolvedRun(of: extended) == ResolvedRun(of: long))
      let files = try [extended, long].map { layout in
        let latest = try #require(try layout.checkpoints().last)
        return try SafeTensors(contentsOf: latest.path).tensors
      }
      #expect(files[0] == files[1])
    }
  }

  @Test("a complete run is resumed without a step, and knows its last metrics")
  func complete() throws {
    try withTemporaryFolder { folder in
      let run = try run()
      try train(run, folder + "/run")
      let before = try results(folder + "/run")
      let training = try RecordedTraining(run, in: folder + "/run", existing: .resume)
      #expect(training.lastRow?.step == 23)
      var steps = 0
      #expect(try training.train(onStep: { _ in steps += 1 }) == .complete)
      #expect(steps == 0)
      #expect(try results(folder + "/run") == before)
    }
  }

  @Test("a run that was prepared and given up leaves nothing behind")
  func givenUp() throws {
    try withTemporaryFolder { folder in
      let training = try RecordedTraining(try run(), in: "\(folder)/a", existing: .refuse)
      training.discardIfUnfinished()
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test("a checkpoint that does not fit is refused, and the run is left as it was")
  func misfit() throws {
    try withTemporaryFolder { folder in
      let run = try run()
      try train(run, "\(folder)/run")
      let before = contents(of: folder)
      var other = run
      other.configuration.network = .perceptron(MultilayerPerceptron(width: 9, depth: 2))
      #expect(throws: SafeTensorsError.self) {
        try train(other, "\(folder)/run", existing: .resume)
      }
      #expect(contents(of: folder) == before)
    }
  }
}

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

/// Runs that are killed, stopped, damaged, moved, or that diverge.
@Suite struct RunSurvivalTests {
  private func run(
    optimizer: Optimizer = .adam(), schedule: LearningRateSchedule = .cosine(from: 2e-3),
    seed: UInt64 = 5, precision: Precision = .float32
  ) throws -> ResolvedRun {
    ResolvedRun(
      configuration: TrainingConfiguration(
        network: MultilayerPerceptron(width: 8, depth: 2), optimizer: optimizer, schedule: schedule,
        averageDecays: [0.9], batch: 70, steps: 23, seed: seed, metricsInterval: 7,
        evaluationPoints: 16, precision: precision),
      source: try ResolvedRun.Source(named: "skewed3"), checkpointInterval: 10, threads: 1,
      command: "toylab train")
  }

  private func train(
    _ run: ResolvedRun, _ path: String, existing: RunFolder.ExistingRun = .refuse,
    onStep: (Int) -> Void = { _ in }, stopAfter last: Int = .max
  ) throws -> RecordedTraining.Ending {
    let training = try RecordedTraining(run, in: path, existing: existing)
    return try training.train {
      onStep($0.step)
    } shouldStop: {
      training.step >= last
    }
  }

  private func results(_ path: String) throws -> [Data] {
    let layout = RunLayout(path)
    return try ([layout.metricsPath] + layout.checkpoints().map(\.path)).map {
      try #require(FileManager.default.contents(atPath: $0))
    }
  }

  @Test(
    "the state of a run is recorded while it goes on, when it is stopped and when it is finished")
  func states() throws {
    try withTemporaryFolder { folder in
      let layout = RunLayout("\(folder)/run")
      let run = try run()
      var seen: [RunRecord.State?] = []
      _ = try train(
        run, layout.path, onStep: { _ in seen.append(try? layout.record()?.state) }, stopAfter: 3)
      #expect(seen == [.running, .running, .running])
      #expect(try layout.record()?.state == .interrupted)
      #expect(try layout.record()?.run == run.identity)
      _ = try train(run, layout.path, existing: .resume)
      #expect(try layout.record()?.state == .finished)
    }
  }

  @Test(
    "a run stopped before its first step, or killed before its first checkpoint, ends as one that was not"
  )
  func early() throws {
    try withTemporaryFolder { folder in
      let run = try run()
      _ = try train(run, "\(folder)/whole")
      let path = "\(folder)/parts"
      #expect(try train(run, path, stopAfter: 0) == .stopped(step: 0))
      #expect(try train(run, path, existing: .resume) == .complete)
      try FileManager.default.removeItem(atPath: "\(path)/checkpoints/step-000000.safetensors")
      #expect(try results(path) == results("\(folder)/whole"))
      for checkpoint in try RunLayout(path).checkpoints() {
        try FileManager.default.removeItem(atPath: checkpoint.path)
      }
      #expect(try train(run, path, existing: .resume) == .complete)
      #expect(try results(path) == results("\(folder)/whole"))
    }
  }

  @Test("a run is told of while it is prepared, and what is thrown there leaves nothing behind")
  func stoppedWhilePreparing() throws {
    struct Stop: Error {}
    try withTemporaryFolder { folder in
      #expect(throws: Stop.self) {
        _ = try RecordedTraining(try run(), in: "\(folder)/a", existing: .refuse) { done, total in
          #expect(FileSystem.exists("\(folder)/a/run.json"))
          #expect((0..<total).contains(done))
          throw Stop()
        }
      }
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test(
    "from any damaged checkpoint a run goes back to the one before, and ends as if nothing had been"
  )
  func damaged() throws {
    try withTemporaryFolder { folder in
      let run = try run()
      _ = try train(run, "\(folder)/whole")
      let path = "\(folder)/parts"
      _ = try train(run, path, stopAfter: 20)
      let newest = RunLayout(path).checkpointPath(step: 20)
      let data = try #require(FileManager.default.contents(atPath: newest))
      try AtomicFile.write(data.dropLast(), to: newest)
      let training = try RecordedTraining(run, in: path, existing: .resume)
      #expect(training.step == 10 && training.checkpointStep == 10)
      #expect(training.damagedCheckpoints.count == 1)
      #expect(try training.train() == .complete)
      #expect(try results(path) == results("\(folder)/whole"))
      #expect(FileSystem.exists(newest + ".damaged"))
    }
  }

  @Test("flipped bits in a checkpoint are found by samplers and probes, which take the one before")
  func flippedBits() throws {
    try withTemporaryFolder { path in
      _ = try train(try run(), "\(path)/run")
      let newest = RunLayout("\(path)/run").checkpointPath(step: 23)
      let data = try #require(FileManager.default.contents(atPath: newest))
      for place in stride(from: 0, to: data.count, by: data.count / 50 + 1) {
        var flipped = data
        flipped[place] ^= 1 << (place % 8)
        try AtomicFile.write(flipped, to: newest)
        let sampler = try RunSampler("\(path)/run")
        #expect(sampler.checkpoint.step == 20 && sampler.damaged.count == 1)
        let probed = try ProbedRun("\(path)/run")
        #expect(probed.checkpoint.step == 20 && probed.damaged.count == 1)
        #expect(throws: CheckpointFileError.self) { try RunSampler("\(path)/run", step: 23) }
        #expect(throws: CheckpointFileError.self) { try ProbedRun(newest) }
      }
    }
  }

  @Test("the checkpoint of another run is refused by every reader")
  func foreign() throws {
    try withTemporaryFolder { folder in
      let (own, other) = (try run(), try run(seed: 6))
      _ = try train(own, "\(folder)/own", stopAfter: 12)
      _ = try train(other, "\(folder)/other")
      let path = RunLayout("\(folder)/own").checkpointPath(step: 23)
      try FileManager.default.copyItem(
        atPath: RunLayout("\(folder)/other").checkpointPath(step: 23), toPath: path)
      let error = CheckpointFileError.foreign(
        path: path, run: try other.identity, expected: try own.identity)
      #expect(throws: error) { try RunSampler("\(folder)/own") }
      #expect(throws: error) { try ProbedRun("\(folder)/own") }
      #expect(throws: error) { try train(own, "\(folder)/own", existing: .resume) }
    }
  }

  @Test("a run from before checkpoints had names and checksums is continued and read")
  func unnamed() throws {
    try withTemporaryFolder { folder in
      let run = try run()
      _ = try train(run, "\(folder)/whole")
      let path = "\(folder)/old"
      _ = try train(run, path, stopAfter: 12)
      let layout = RunLayout(path)
      for checkpoint in try layout.checkpoints() {
        var contents = try SafeTensors(contentsOf: checkpoint.path)
        contents.metadata["run"] = nil
        contents.metadata["checksum"] = nil
        contents.metadata["format"] = "toylab-1"
        try contents.write(to: checkpoint.path)
      }
      try FileSystem.removeTree(layout.recordPath)
      #expect(try RunSampler(path).checkpoint.step == 12)
      _ = try train(run, path, existing: .resume)
      #expect(try layout.record()?.state == .finished)
      #expect(try results(path).last == results("\(folder)/whole").last)
      #expect(try ResolvedRun(of: layout) == run)
    }
  }

  @Test(
    "a run that is moved while it goes on can be resumed where it is, and its place is left to others"
  )
  func moved() throws {
    try withTemporaryFolder { folder in
      let run = try run()
      _ = try train(run, "\(folder)/whole")
      let (path, elsewhere) = ("\(folder)/run", "\(folder)/elsewhere")
      let other = try self.run(seed: 6)
      #expect(throws: RunFolderError.moved(path: path)) {
        try train(
          run, path,
          onStep: { step in
            guard step == 12 else { return }
            try? FileSystem.move(path, to: elsewhere)
            _ = try? train(other, path)
          })
      }
      #expect(try results(path).count == 4)
      #expect(try RunSampler(path).run == other)
      #expect(try RunLayout(elsewhere).checkpoints().map(\.step) == [10, 14])
      _ = try train(run, elsewhere, existing: .resume)
      #expect(try results(elsewhere).last == results("\(folder)/whole").last)
      #expect(try results(elsewhere).first == results("\(folder)/whole").first)
    }
  }

  @Test(
    "a run that diverges is kept with its metrics and its last finite parameters",
    arguments: Precision.allCases)
  func diverged(precision: Precision) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let huge = precision == .float32 ? 1e30 : 1e250
      let run = try run(optimizer: .sgd(), schedule: .constant(huge), precision: precision)
      let error = #expect(throws: NonFiniteError.self) { try train(run, path) }
      let layout = RunLayout(path)
      let record = try #require(try layout.record())
      #expect(record.state == .diverged && record.reason == error?.description)
      #expect(try layout.metrics().map(\.step) == [0])
      let latest = try #require(try layout.checkpoints().last)
      #expect(latest.step == (error?.step ?? 0) - 1)
      #expect(try ProbedRun(path).parameters.allSatisfy(\.isFinite))
      #expect(throws: RunFolderError.self) { try train(run, path, existing: .resume) }
    }
  }

  @Test("where a step leads out of the range of numbers, the parameters before it are kept")
  func overflown() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let run = try run(optimizer: .sgd(), schedule: .constant(.greatestFiniteMagnitude))
      #expect(throws: NonFiniteError.self) { try train(run, path) }
      #expect(try RunLayout(path).checkpoints().map(\.step) == [0])
      let probed = try ProbedRun(path)
      #expect(probed.parameters == probed.initialParameters)
    }
  }
}

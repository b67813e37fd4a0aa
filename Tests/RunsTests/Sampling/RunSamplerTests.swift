// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import Foundation
import Networks
import Runs
import TestSupport
import Testing
import Training

@Suite struct RunSamplerTests {
  private func withRun(
    precision: Precision = .float32, _ body: (String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let run = ResolvedRun(
        configuration: TrainingConfiguration(
          network: MultilayerPerceptron(width: 8, depth: 1), averageDecays: [0.5], batch: 16,
          steps: 8, evaluationPoints: 16, precision: precision),
        source: try ResolvedRun.Source(named: "two"), checkpointInterval: 4, threads: 1,
        command: "toylab train")
      _ = try RecordedTraining(run, in: "\(folder)/run", existing: .refuse).train()
      try body("\(folder)/run")
    }
  }

  @Test("samples depend on the seed and the place, not on the count or the threads")
  func determinism() throws {
    try withRun { path in
      let sampler = try RunSampler(path)
      #expect(sampler.checkpoint.step == 8)
      let samples = try sampler.samples(count: 600, steps: 2, seed: 3)
      #expect(samples.count == 1200 && samples.allSatisfy(\.isFinite))
      #expect(try sampler.samples(count: 600, steps: 2, seed: 3, threads: 3) == samples)
      #expect(try sampler.samples(count: 600, steps: 2, seed: 4) != samples)
      let few = try sampler.samples(count: 10, steps: 2, seed: 3)
      for (one, other) in zip(few, samples) { #expect(abs(one - other) < 1e-5) }
    }
  }

  @Test(
    "checkpoints, averages and parameters give samples of their own",
    arguments: Precision.allCases)
  func sources(precision: Precision) throws {
    try withRun(precision: precision) { path in
      let samples = try [
        RunSampler(path), RunSampler(path, step: 4), RunSampler(path, averageDecay: 0.5),
      ].map { try $0.samples(count: 16) }
      #expect(Set(samples).count == 3)
    }
  }

  @Test("what the run has not is refused by name")
  func refusals() throws {
    try withRun { path in
      #expect(throws: RunSamplerError.unknownStep(path: path, step: 5, available: [4, 8])) {
        try RunSampler(path, step: 5)
      }
      #expect(throws: RunSamplerError.unknownAverage(path: path, decay: 0.9, available: [0.5])) {
        try RunSampler(path, averageDecay: 0.9)
      }
      #expect(throws: RunSamplerError.self) { try RunSampler(path, averageDecay: .nan) }
    }
  }

  @Test("a run without a checkpoint is refused")
  func noCheckpoint() throws {
    try withRun { path in
      let layout = RunLayout(path)
      for checkpoint in try layout.checkpoints() {
        try FileManager.default.removeItem(atPath: checkpoint.path)
      }
      #expect(throws: RunSamplerError.noCheckpoint(path: path)) { try RunSampler(path) }
    }
  }
}

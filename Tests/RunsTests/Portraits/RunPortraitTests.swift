// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import Foundation
import Measures
import Networks
import Probing
import RandomStreams
import TestSupport
import Testing
import Training

@testable import Runs

@Suite struct RunPortraitTests {
  private func run(
    _ source: String = "two",
    network: MultilayerPerceptron = MultilayerPerceptron(width: 4, depth: 1)
  ) throws -> ResolvedRun {
    ResolvedRun(
      configuration: TrainingConfiguration(
        network: network, batch: 16, steps: 6, metricsInterval: 2, evaluationPoints: 32),
      source: try ResolvedRun.Source(named: source), checkpointInterval: 2, threads: 1,
      command: "toylab train")
  }

  private func withRun(
    _ run: ResolvedRun, _ body: (_ path: String, _ training: RecordedTraining) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let training = try RecordedTraining(run, in: path, existing: .refuse)
      _ = try training.train()
      try body(path, training)
    }
  }

  @Test("a run is read with its floors, its samples on their way and its checkpoints")
  func plane() throws {
    try withRun(run()) { path, training in
      let portrait = try RunPortrait(of: path)
      #expect(portrait.rows.map(\.step) == [0, 2, 4, 6])
      #expect(
        portrait.floors["slicedWasserstein"] == training.evaluation.slicedWassersteinFloor
          && portrait.floors["energyDistance"] == training.evaluation.energyDistanceFloor)
      #expect(portrait.omissions.isEmpty && portrait.pictures.isEmpty && portrait.lastStep == 6)
      #expect(portrait.settings.contains { $0.key == "batch" && $0.value == "16" })
      let plane = try #require(portrait.plane)
      #expect(plane.training.map(\.step) == [2, 4, 6])
      #expect(plane.times.first == 1 && plane.times.last == 0)
      #expect(plane.carried.count == plane.times.count && plane.exact?.count == plane.times.count)
      // The map from T to T is the identity, and the last frame holds the run's own samples.
      #expect(plane.exact?.first == plane.carried[0])
      let samples = try RunSampler(path).samples(count: plane.carried[0].count / 2)
      #expect(plane.carried.last == samples && plane.training.last?.samples == samples)
      let size = samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count / 2)
      #expect(portrait.subject.mapSizes.last == .init(step: 6, value: size))
    }
  }

  @Test("a damaged checkpoint is told of, and the rest of the run is shown")
  func damage() throws {
    try withRun(run()) { path, _ in
      for checkpoint in try RunLayout(path).checkpoints() {
        try AtomicFile.write(Data("x".utf8), to: checkpoint.path)
      }
      let portrait = try RunPortrait(of: path)
      #expect(portrait.plane == nil && portrait.omissions.count == 1)
      #expect(portrait.rows.count == 4)
    }
  }

  @Test("probes that lie in the folder are read, and other files are not")
  func probes() throws {
    try withRun(run()) { path, _ in
      let probed = try ProbedRun(path)
      let probe = try MapProbe(probed, rows: 16, seed: 0, threads: 1)
      let report = try EulerianMapReport(probe, subject: ProbeSubject(probed), divisions: 2)
      try AtomicFile.write(Data(try JSON.page(report).utf8), to: "\(path)/led.json")
      try AtomicFile.write(Data("{\"a\": 1}".utf8), to: "\(path)/notes.json")
      try AtomicFile.write(Data("no JSON".utf8), to: "\(path)/other.json")
      let found = try RunPortrait(of: path).probes
      #expect(found.map(\.name) == ["led.json"])
      guard case .eulerianLoss(let read) = try #require(found.first).contents else {
        Issue.record("another probe")
        return
      }
      #expect(read == report)
    }
  }

  @Test("a run of more than two dimensions has no plane, and says so")
  func dimensions() throws {
    try withRun(
      run("digits", network: MultilayerPerceptron(dimension: 64, width: 4, depth: 1))
    ) { path, _ in
      let portrait = try RunPortrait(of: path)
      #expect(portrait.plane == nil && portrait.omissions.count == 1)
    }
  }

  @Test("a run of images is filmed at its checkpoints, and a damaged one leaves a gap")
  func film() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file["images"] = SafeTensors.Tensor(
        RandomStream(seed: 1, purpose: .trainingData).uniforms(rows: 600, draws: 16),
        shape: [600, 1, 4, 4])
      let data = "\(folder)/images.safetensors"
      try file.write(to: data)
      let request = ImageRequest(data: data)
      var run = try run(network: MultilayerPerceptron(dimension: 16, width: 4, depth: 1))
      run = ResolvedRun(
        configuration: run.configuration, source: .init(request, try request.read()),
        checkpointInterval: 2, threads: 1, command: run.command)
      let path = "\(folder)/run"
      _ = try RecordedTraining(run, in: path, existing: .refuse).train()
      let whole = try RunPortrait(of: path)
      #expect(whole.pictures.map(\.step) == [2, 4, 6])
      #expect(Set(whole.pictures.map(\.data)).count == 3)
      let damaged = try RunLayout(path).checkpoints()[1].path
      try Data("nothing".utf8).write(to: URL(fileURLWithPath: damaged))
      #expect(try RunPortrait(of: path).pictures.map(\.step) == [2, 6])
    }
  }

  @Test("of many checkpoints some are filmed, evenly spread")
  func spread() {
    #expect([10, 20, 30].spread(5) == [10, 20, 30])
    #expect(Array(0...100).spread(5) == [0, 25, 50, 75, 100])
    #expect([Int]().spread(5) == [])
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import FlowMaps
import Foundation
import GroundTruth
import Measures
import Networks
import Probing
import RandomStreams
import Runs
import TestSupport
import Testing
import Training

@Suite struct PointCloudRunTests {
  private func run(_ objective: Objective = .improvedSelfDistillation) throws -> ResolvedRun {
    let law = try MixturePreset.four.mixture()
    let (points, labels) = law.labelledSamples(
      count: 300, stream: RandomStream(seed: 2, purpose: "test"))
    let cloud = try PointCloud(
      try FinitePoints(
        name: "mine.csv", points: points.map { 100 + 7 * $0 }, shape: [2],
        labels: labels.map(Int.init), classCount: 4), heldOut: 0.2, standardization: .each)
    return ResolvedRun(
      configuration: TrainingConfiguration(
        network: MultilayerPerceptron(width: 16, depth: 2, classCount: 4),
        loss: TrainingLoss(objective: objective, guidance: Guidance(scale: 1, labelDropout: 0.1)),
        batch: 64, steps: 40, metricsInterval: 20, evaluationPoints: 30),
      source: ResolvedRun.Source(name: "mine.csv", cloud: cloud), checkpointInterval: 10,
      threads: 1, command: "toylab train")
  }

  @Test("a run on a user's points keeps them, is measured on held-out ones and resumes bit for bit")
  func resume() throws {
    try withTemporaryFolder { folder in
      let (whole, parts) = ("\(folder)/whole", "\(folder)/parts")
      let run = try run()
      try run.validate()
      _ = try RecordedTraining(run, in: whole, existing: .refuse).train()
      let stopped = try RecordedTraining(run, in: parts, existing: .refuse)
      _ = try stopped.train { _ in
      } shouldStop: {
        stopped.step >= 13
      }
      let read = try ResolvedRun(of: RunLayout(parts))
      #expect(read == run)
      _ = try RecordedTraining(read, in: parts, existing: .resume).train()
      func bytes(_ path: String) throws -> Data? {
        let layout = RunLayout(path)
        return FileManager.default.contents(
          atPath: try #require(try layout.checkpoints().last).path)
      }
      #expect(try bytes(whole) == bytes(parts))
      let row = try #require(try RunLayout(whole).metrics().last)
      #expect(row.estimate(of: .energyDistance) != nil)
      #expect(row.estimate(of: .eulerianLoss) == nil && row.estimate(of: .flowMapError) == nil)
      // The density in the units of the file is that in those of training over the volume of a unit there.
      let cloud = try #require(run.source.cloud)
      let own = Array(cloud.heldOut.points.prefix(20))
      let likelihood = try RunLikelihood(
        try ProbedRun(whole), of: cloud.standardization.undone(own), label: 1, tolerance: 1e-3,
        threads: 1)
      let scales = cloud.standardization.scale
      let probed = try ProbedRun(whole)
      let flow = NetworkFlow(
        .velocity, of: probed.run.configuration, parameters: probed.parameters, label: 1, rows: 10,
        threads: 1)
      let direct = try FlowLikelihood(flow.field, of: own, tolerance: 1e-3)
      for (found, expected) in zip(likelihood.logDensities, direct.logDensities) {
        #expect(abs(found - (expected - log(scales[0] * scales[1]))) < 1e-6)
      }
      let samples = try RunSampler(whole).samples(count: 20, label: 2)
      #expect(samples.count == 40)
      #expect(throws: ProbeError.self) {
        try MapProbe(try ProbedRun(whole), rows: 8, seed: 0, threads: 1)
      }
      _ = try MapProbe(
        try ProbedRun(whole), rows: 8, seed: 0, velocity: .conditional, threads: 1)

      try FileManager.default.removeItem(atPath: "\(parts)/inputs.safetensors")
      let error = #expect(throws: (any Error).self) { try ResolvedRun(of: RunLayout(parts)) }
      #expect(error.map { "\($0)".contains("inputs.safetensors") } == true)
    }
  }

  @Test("more evaluation points than half of the held-out ones, and an exact teacher, are refused")
  func refusals() throws {
    var run = try run()
    run.configuration.evaluationPoints = 31
    #expect(throws: ConfigurationError.self) { try run.validate() }
    #expect(throws: ConfigurationError.self) { try self.run(.eulerianFull).validate() }
  }

  @Test("a run on a fine mixture, whose covariance is one for all, is read back as it was")
  func fineMixture() throws {
    let points = RandomStream(seed: 6, purpose: "test").normals(rows: 1500, draws: 2)
    let law = try GaussianMixture(
      name: "fine", points: points, dimension: 2, deviation: 0.3, labels: nil)
    let run = ResolvedRun(
      configuration: TrainingConfiguration(evaluationPoints: 16),
      source: try ResolvedRun.Source(name: "fine", law: law), threads: 1, command: "toylab train")
    let read = try JSONDecoder().decode(ResolvedRun.self, from: try JSONEncoder().encode(run))
    #expect(read == run && read.source.mixture?.components.count == 1500)
  }
}

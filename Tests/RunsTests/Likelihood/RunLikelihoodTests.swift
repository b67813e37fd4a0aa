// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import Probing
import RandomStreams
import Runs
import TestSupport
import Testing
import Training

@Suite struct RunLikelihoodTests {
  private func withRun(_ objective: Objective, _ body: (ProbedRun, ResolvedRun) throws -> Void)
    throws
  {
    try withTemporaryFolder { folder in
      let run = ResolvedRun(
        configuration: TrainingConfiguration(
          network: MultilayerPerceptron(width: 16, depth: 2),
          loss: TrainingLoss(objective: objective), schedule: .linearDecay(from: 1e-2),
          batch: 256, steps: 600,
          evaluationPoints: 16),
        source: try ResolvedRun.Source(named: "two"), checkpointInterval: 600, threads: 1,
        command: "toylab train")
      _ = try RecordedTraining(run, in: "\(folder)/run", existing: .refuse).train()
      try body(try ProbedRun("\(folder)/run"), run)
    }
  }

  @Test(
    "a trained velocity gives about the exact likelihood, and chunks and threads change nothing")
  func likelihood() throws {
    try withRun(.flowMatching) { probed, run in
      let points = run.source.data.samples(
        count: 1200, stream: RandomStream(seed: 4, purpose: "run likelihood test"))
      let found = try RunLikelihood(probed, of: points, tolerance: 1e-5, threads: 1)
      #expect(found.logDensities.count == 1200 && found.noise.count == 2400)
      #expect(found.errors.allSatisfy { $0 <= 1e-5 })
      let exact = try #require(found.exact)
      let report = LikelihoodReport(
        subject: ProbeSubject(probed), of: found, points: 1200, dimension: 2, tolerance: 1e-5)
      // No law beats its own, but for the sampling error; a trained one comes near.
      let gap = zip(exact, found.logDensities).map { $0 - $1 }.reduce(0, +) / 1200
      #expect(gap > -0.05)
      #expect(gap < 0.5)
      #expect(try #require(report.difference).value < 1)
      #expect(report.text(file: "p.csv").contains("mean log-likelihood"))
      let threaded = try RunLikelihood(probed, of: points, tolerance: 1e-5, threads: 3)
      #expect(threaded.logDensities == found.logDensities)
    }
  }

  @Test("the density of the map integrates to the share of its samples in a square")
  func mapDensity() throws {
    try withRun(.lagrangianSelfDistillation) { probed, _ in
      // Midpoints of cells, so that the sum of density times area is the integral.
      let (side, half) = (64, 1.6)
      let cell = 2 * half / Double(side)
      let nodes = (0..<side).map { -half + cell * (Double($0) + 0.5) }
      let found = try RunMapDensity(
        probed, of: nodes.flatMap { y in nodes.flatMap { [$0, y] } }, divisions: 96, threads: 1)
      var mass = 0.0
      for case .density(let log, _) in found.answers { mass += exp(log) * cell * cell }
      let samples = try RunSampler(probed.path).samples(count: 20_000, seed: 5)
      let inside = stride(from: 0, to: samples.count, by: 2).count {
        abs(samples[$0]) < half && abs(samples[$0 + 1]) < half
      }
      #expect(inside > 8000)
      // Folds have densities that grow beyond bounds, which the sum over cells meets to a few hundredths.
      #expect(abs(mass - Double(inside) / 20_000) < 0.03)
      #expect((0..<0.5).contains(found.foldedShare))
      let report = LikelihoodReport(
        subject: ProbeSubject(probed), of: found, points: side * side)
      #expect(report.text(file: "p.csv").contains("folded share"))
    }
  }

  @Test("a class that the network is not told is refused")
  func label() throws {
    try withRun(.flowMatching) { probed, _ in
      #expect(throws: RunLikelihoodError.label(0, run: probed.path, classCount: 0)) {
        try RunLikelihood(probed, of: [0, 0], label: 0, tolerance: 1e-5, threads: 1)
      }
    }
  }
}

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
  private func withRun(_ body: (ProbedRun, ResolvedRun) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let run = ResolvedRun(
        configuration: TrainingConfiguration(
          network: MultilayerPerceptron(width: 16, depth: 2),
          loss: TrainingLoss(objective: .flowMatching), batch: 128, steps: 400,
          evaluationPoints: 16),
        source: try ResolvedRun.Source(named: "two"), checkpointInterval: 400, threads: 1,
        command: "toylab train")
      _ = try RecordedTraining(run, in: "\(folder)/run", existing: .refuse).train()
      try body(try ProbedRun("\(folder)/run"), run)
    }
  }

  @Test(
    "a trained velocity gives about the exact likelihood, and chunks and threads change nothing")
  func likelihood() throws {
    try withRun { probed, run in
      let points = run.source.law.samples(
        count: 1200, stream: RandomStream(seed: 4, purpose: "run likelihood test"))
      let found = try RunLikelihood(probed, of: points, tolerance: 1e-5, threads: 1)
      #expect(found.logDensities.count == 1200 && found.noise.count == 2400)
      #expect(found.errors.allSatisfy { $0 <= 1e-5 })
      let exact = try #require(found.exact)
      let report = LikelihoodReport(
        subject: ProbeSubject(probed), of: found, points: 1200, dimension: 2, tolerance: 1e-5)
      // No law beats its own, but for the sampling error; a trained one comes near.
      let gap = zip(exact, found.logDensities).map { $0 - $1 }.reduce(0, +) / 1200
      #expect(gap > -0.05 && gap < 0.5)
      #expect(try #require(report.difference).value < 1)
      #expect(report.text(file: "p.csv").contains("mean log-likelihood"))
      let threaded = try RunLikelihood(probed, of: points, tolerance: 1e-5, threads: 3)
      #expect(threaded.logDensities == found.logDensities)
    }
  }

  @Test("the density of the map integrates to the share of its image")
  func mapDensity() throws {
    try withRun { probed, _ in
      // A grid over what the map covers; the sum of density times area is 1.
      let (side, half) = (61, 4.0)
      let nodes = (0..<side).map { -half + 2 * half * Double($0) / Double(side - 1) }
      let found = try RunMapDensity(
        probed, of: nodes.flatMap { y in nodes.flatMap { [$0, y] } }, divisions: 96, threads: 1)
      var mass = 0.0
      let cell = 2 * half / Double(side - 1)
      for case .density(let log, _) in found.answers { mass += exp(log) * cell * cell }
      #expect(abs(mass - 1) < 0.05)
      #expect((0..<0.5).contains(found.foldedShare))
      let report = LikelihoodReport(
        subject: ProbeSubject(probed), of: found, points: side * side)
      #expect(report.text(file: "p.csv").contains("folded share"))
    }
  }

  @Test("a class that the network is not told is refused")
  func label() throws {
    try withRun { probed, _ in
      #expect(throws: RunLikelihoodError.label(0, run: probed.path, classCount: 0)) {
        try RunLikelihood(probed, of: [0, 0], label: 0, tolerance: 1e-5, threads: 1)
      }
    }
  }
}

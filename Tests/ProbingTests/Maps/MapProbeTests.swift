// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import TestSupport
import Testing

@testable import Probing
@testable import Runs
@testable import Training

@Suite struct MapProbeTests {
  /// A short recorded run and its probe.
  private func withRun(
    _ interpolant: InterpolantKind = .linear, body: (ProbedRun) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let run = ResolvedRun(
        configuration: TrainingConfiguration(
          interpolant: interpolant, network: MultilayerPerceptron(width: 8, depth: 2), batch: 64,
          steps: 60, evaluationPoints: 512, precision: .float64),
        source: try ResolvedRun.Source(named: "four"), checkpointInterval: 20, threads: 1,
        command: "toylab train")
      _ = try RecordedTraining(run, in: "\(folder)/run", existing: .refuse).train()
      try body(try ProbedRun("\(folder)/run"))
    }
  }

  @Test("a run is read with its way, from its folder or a checkpoint of it")
  func reading() throws {
    try withRun { run in
      #expect(run.checkpoint.step == 60)
      let path = try run.trainingPath()
      #expect(path.map(\.step) == [0, 20, 40, 60])
      #expect(path[3].parameters == run.parameters && path[0].parameters == run.initialParameters)
      let checkpoint = RunLayout(run.path).checkpointPath(step: 40)
      let earlier = try ProbedRun(checkpoint)
      #expect(earlier.checkpoint.step == 40 && earlier.parameters == path[2].parameters)
      #expect(try earlier.trainingPath().map(\.step) == [0, 20, 40])
      #expect(throws: ProbeError.stepOfFile(path: checkpoint, step: 20)) {
        try ProbedRun(checkpoint, step: 20)
      }
      #expect(throws: RunSamplerError.self) { try ProbedRun(run.path, step: 30) }
      #expect(throws: ProbeError.notInRun(path: "\(run.path)/other.safetensors")) {
        try ProbedRun("\(run.path)/other.safetensors")
      }
      try FileManager.default.removeItem(atPath: RunLayout(run.path).checkpointsPath)
      #expect(throws: ProbeError.noCheckpoint(path: run.path)) { try ProbedRun(run.path) }
    }
  }

  @Test("LED over the triangle agrees with the run's metrics", arguments: InterpolantKind.allCases)
  func eulerian(kind: InterpolantKind) throws {
    try withRun(kind) { run in
      let probe = try MapProbe(run, rows: 600, seed: 1, threads: 1)
      let report = try EulerianMapReport(probe, subject: ProbeSubject(run), divisions: 10)
      #expect(report.cells.count == 65)
      // A metric averages LED(t, 0) over t uniform on [0, T]: the trapezoid of the row s = 0.
      let end = kind.interpolant.endTime
      let start = try probe.readings(from: 0, to: 0).total.reduce(0, +) / 600
      let row = [start] + report.times.compactMap { report.value(from: $0, to: 0)?.value }
      let mean = (row.reduce(0, +) - 0.5 * (row[0] + row[10])) / 10
      let metrics = try #require(try RunLayout(run.path).metrics().last)
      let metric = try #require(metrics.estimate(of: .eulerianLossAtZero))
      #expect(report.times.last == end)
      #expect(abs(mean - metric.value) < 5 * metric.standardError)
    }
  }

  @Test("the parts of the derivative add up, and linearisation vanishes at s = t")
  func shares() throws {
    try withRun { run in
      let probe = try MapProbe(run, rows: 64, seed: 1, velocity: .conditional, threads: 1)
      let readings = try probe.readings(from: 0.7, to: 0.2)
      for row in 0..<64 {
        let (a, b) = (
          readings.flowMatching[row].squareRoot(), readings.linearization[row].squareRoot()
        )
        let total = readings.total[row].squareRoot()
        #expect(total <= a + b + 1e-12 && total >= abs(a - b) - 1e-12)
      }
      let report = try SharesReport(probe, subject: ProbeSubject(run), time: 0.7, divisions: 4)
      #expect(report.table.map(\.ratio) == [1, 0.75, 0.5, 0.25, 0])
      #expect(report.table[0].linearization.value < 1e-20)
      #expect(report.table[0].flowMatchingShare.value == 1)
      #expect(report.table[4].linearization.value > 1e-4)
    }
  }

  @Test("Jacobians are difference quotients of the map and of its velocity")
  func jacobians() throws {
    try withRun(.trigonometric) { run in
      let probe = try MapProbe(run, rows: 3, seed: 2, threads: 1)
      let (t, s) = (1.1, 0.3)
      let readings = try probe.readings(from: t, to: s)
      let network = run.run.configuration.network
      func sampler() -> FlowMapSampler<Double> {
        FlowMapSampler(
          network: network, interpolant: TrigonometricInterpolant(),
          parameters: Buffer(run.parameters), rows: 3, pool: WorkerPool(threads: 1))
      }
      let map = sampler()
      for axis in 0..<2 {
        func moved(_ by: Double) throws -> [Double] {
          var points = readings.noisy
          for row in 0..<3 { points[2 * row + axis] += by }
          return try map.map(points, from: t, to: s)
        }
        let (high, low) = (try moved(1e-5), try moved(-1e-5))
        for row in 0..<3 {
          for i in 0..<2 {
            let quotient = (high[2 * row + i] - low[2 * row + i]) / 2e-5
            #expect(abs(readings.jacobian[row][2 * i + axis] - quotient) < 1e-8)
          }
        }
      }
      // ∂f/∂x near s = t is 1 − A ∇F(x; t, t), to first order in A.
      let near = try probe.readings(from: t, to: t - 1e-6)
      for row in 0..<3 {
        for entry in 0..<4 {
          let slope = ((entry % 3 == 0 ? 1.0 : 0) - near.jacobian[row][entry]) / 1e-6
          #expect(abs(slope - near.velocityJacobian[row][entry]) < 1e-4)
        }
      }
    }
  }

  @Test("reports hold the exact map's own numbers beside the network's")
  func reports() throws {
    try withRun { run in
      let probe = try MapProbe(run, rows: 24, seed: 1, threads: 1)
      let report = try JacobianReport(probe, subject: ProbeSubject(run), from: 0.6, to: 0.6)
      // At s = t both maps are the identity.
      for row in report.table {
        #expect(abs(row.map.value - 1) < 1e-12 && abs(row.exact.value - 1) < 1e-12)
      }
      let stretches = try LipschitzReport(probe, subject: ProbeSubject(run), divisions: 2)
      for row in stretches.table {
        #expect(
          row.mapMean.value <= row.mapLargest && row.velocityMean.value <= row.velocityLargest)
        let mean = try #require(row.exactVelocityMean).value
        #expect(mean <= (try #require(row.exactVelocityLargest)))
      }
      #expect(abs(stretches.table[0].mapLargest - 1) < 1e-12)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CTestSupport
import Engines
import FlowMaps
import GroundTruth
import Interpolants
import Networks
import Probing
import Runs
import TestSupport
import Testing
import Training

/// A training step must neither allocate nor count references: the calling thread's calls are counted over
/// a thousand steps, for all of the step's tasks run on it.
@Suite(.enabled(if: toylab_counts_exist() != 0, "calls are counted on Linux on x86-64 alone"))
struct StepCostTests {
  private let steps = 1000

  private func configuration(
    _ objective: Objective, times: TimeSampler = .relaxed(), optimizer: Optimizer = .adam(),
    precision: Precision = .float32
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      network: MultilayerPerceptron(width: 8, depth: 2), loss: TrainingLoss(objective: objective),
      times: times, optimizer: optimizer, clipping: GradientClipping(maximumNorm: 0.5),
      averageDecays: [0.9, 0.999], batch: 33, steps: 100_000, metricsInterval: 100_000,
      evaluationPoints: 16, precision: precision)
  }

  /// What a thousand calls of `body` cost after a few others.
  private func cost(_ body: () throws -> Void) rethrows -> [Int64] {
    for _ in 0..<3 { try body() }
    let before = toylab_counts_now()
    for _ in 0..<steps { try body() }
    let after = toylab_counts_now()
    return [
      after.allocations - before.allocations, after.retains - before.retains,
      after.releases - before.releases,
    ]
  }

  private func cost<Scalar: TrainingScalar>(
    ofSteps configuration: TrainingConfiguration, as type: Scalar.Type
  ) throws -> [Int64] {
    let trainer = Trainer<Scalar>(
      configuration, source: try MixturePreset.four.mixture(), pool: WorkerPool(threads: 1))
    return try cost { try trainer.advance() }
  }

  @Test("the counters see an object made, shared and dropped")
  func counters() {
    final class Box {}
    var kept: [Box] = []
    kept.reserveCapacity(3 * steps)
    let counts = cost {
      let box = Box()
      kept.append(box)
      kept.append(box)
    }
    #expect(counts[0] == steps && counts[1] >= steps)
    let releases = cost { kept.removeLast() }[2]
    #expect(releases >= steps)
  }

  @Test(
    "a step allocates nothing and counts no reference, with every objective",
    arguments: Objective.allCases)
  func everyObjective(objective: Objective) throws {
    #expect(try cost(ofSteps: configuration(objective), as: Float.self) == [0, 0, 0])
  }

  @Test("nor on uniform boxes, with a learned weighting")
  func boxes() throws {
    var configuration = configuration(.lagrangianSelfDistillation)
    configuration.loss = TrainingLoss(
      objective: .lagrangianSelfDistillation, sharing: .diagonalFraction(0.75),
      weighting: .learnedOverTimes())
    func cost<Scalar: TrainingScalar>(_: Scalar.Type) throws -> [Int64] {
      let trainer = Trainer<Scalar>(
        configuration, source: try ShapePreset.checkerboard.target(),
        pool: WorkerPool(threads: 1))
      return try self.cost { try trainer.advance() }
    }
    #expect(try cost(Float.self) == [0, 0, 0])
    #expect(try cost(Double.self) == [0, 0, 0])
  }

  @Test(
    "nor with any law of times",
    arguments: [
      TimeSampler.uniformTriangle, .relaxed(), .relaxed(a: 0.7, b: 1.3), .endAtZero, .logNormal(),
      .logitNormal(),
    ])
  func everyTimeSampler(times: TimeSampler) throws {
    let configuration = configuration(.improvedSelfDistillation, times: times)
    #expect(try cost(ofSteps: configuration, as: Float.self) == [0, 0, 0])
    #expect(try cost(ofSteps: configuration, as: Double.self) == [0, 0, 0])
  }

  @Test("nor with averaged targets, schedules of the two times and learned weights")
  func consistency() throws {
    for discretization in [Discretization.constant(step: 0.01), .doubling(), .shrinking()] {
      var configuration = configuration(.consistencyTraining, times: .logNormal())
      configuration.loss = TrainingLoss(
        objective: .consistencyTraining, weighting: .learned(), discretization: discretization,
        teacher: .average(decay: 0.95))
      #expect(try cost(ofSteps: configuration, as: Float.self) == [0, 0, 0])
      #expect(try cost(ofSteps: configuration, as: Double.self) == [0, 0, 0])
    }
  }

  @Test("nor with any optimiser", arguments: Optimizer.defaults + [.sgd(momentum: 0.9)])
  func everyOptimizer(optimizer: Optimizer) throws {
    let configuration = configuration(.improvedSelfDistillation, optimizer: optimizer)
    let counts = try cost(ofSteps: configuration, as: Float.self)
    #expect(counts == [0, 0, 0])
  }

  @Test(
    "nor in a run with its measurements, between two rows of metrics", arguments: Precision.allCases
  )
  func measuredRun(precision: Precision) throws {
    let configuration = configuration(.improvedSelfDistillation, precision: precision)
    let set = try EvaluationSet(
      source: try MixturePreset.four.mixture(), interpolant: configuration.interpolant,
      count: configuration.evaluationPoints, threads: 1)
    func cost<Scalar: TrainingScalar>(_: Scalar.Type) throws -> [Int64] {
      let run = TrainingRun<Scalar>(
        configuration, evaluation: set, pool: WorkerPool(threads: 1))
      return try self.cost { _ = try run.advance() }
    }
    switch precision {
    case .float32: #expect(try cost(Float.self) == [0, 0, 0])
    case .float64: #expect(try cost(Double.self) == [0, 0, 0])
    }
  }

  @Test("nor in a recorded run, between two checkpoints")
  func recordedRun() throws {
    let run = ResolvedRun(
      configuration: configuration(.improvedSelfDistillation),
      source: try ResolvedRun.Source(named: "four"), checkpointInterval: 100_000, threads: 1,
      command: "toylab train")
    try withTemporaryFolder { folder in
      let training = try RecordedTraining(run, in: "\(folder)/run", existing: .refuse)
      var counts: [toylab_counts] = []
      counts.reserveCapacity(2)
      _ = try training.train { report in
        if report.step == 5 || report.step == 5 + steps { counts.append(toylab_counts_now()) }
      } shouldStop: {
        training.step == 6 + steps
      }
      #expect(counts[1].allocations - counts[0].allocations == 0)
      #expect(counts[1].retains - counts[0].retains == 0)
      #expect(counts[1].releases - counts[0].releases == 0)
    }
  }
}

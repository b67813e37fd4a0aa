// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CTestSupport
import Engines
import FlowMaps
import GroundTruth
import Interpolants
import Networks
import Probes
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import Laboratory

/// Two classes of two components each, with labels that are not counted from 0.
func labelledMixture() throws -> GaussianMixture {
  try GaussianMixture(
    weights: [1, 2, 1, 1], means: [[-1, -1], [-1, 1], [1, -1], [1, 1]], deviation: 0.5,
    labels: [8, 3, 3, 8])
}

@Suite struct GuidedTrainerTests {
  private func configuration(
    _ objective: Objective = .improvedSelfDistillation, scale: Double = 2, dropout: Double = 0.1,
    batch: Int = 1100, interpolant: InterpolantKind = .linear, precision: Precision = .float32
  ) -> GuidedTrainingConfiguration {
    GuidedTrainingConfiguration(
      training: TrainingConfiguration(
        interpolant: interpolant, network: MultilayerPerceptron(width: 8, depth: 2),
        loss: TrainingLoss(objective: objective), batch: batch, steps: 10_000,
        metricsInterval: 10_000, precision: precision),
      guidance: Guidance(scale: scale, labelDropout: dropout))
  }

  private func train<Scalar: TrainingScalar>(
    _ configuration: GuidedTrainingConfiguration, threads: Int, as type: Scalar.Type
  ) throws -> ([StepReport], [Double]) {
    let trainer = GuidedTrainer<Scalar>(
      configuration, target: try labelledMixture(), pool: WorkerPool(threads: threads))
    return (try (0..<8).map { _ in try trainer.advance() }, trainer.parameters.values)
  }

  @Test("training is bit-identical for 1, 2 and 3 threads")
  func threads() throws {
    let single = try train(configuration(), threads: 1, as: Float.self)
    for threads in [2, 3] {
      let other = try train(configuration(), threads: threads, as: Float.self)
      #expect(other == single)
    }
  }

  @Test("Float follows Double")
  func precisions() throws {
    let single = try train(configuration(), threads: 2, as: Float.self)
    let double = try train(configuration(), threads: 2, as: Double.self)
    for (a, b) in zip(single.0, double.0) { #expect(abs(a.loss - b.loss) < 1e-4 * (1 + b.loss)) }
  }

  @Test(
    "every objective that guidance can use makes steps that stay finite",
    arguments: Objective.allCases.filter {
      !$0.needsExactVelocity && !$0.isDiscreteConsistency && $0 != .stabilizedConsistency
    }, InterpolantKind.allCases)
  func objectives(objective: Objective, kind: InterpolantKind) throws {
    guard kind == .linear || !objective.needsLinearInterpolant else { return }
    let (reports, parameters) = try train(
      configuration(objective, batch: 64, interpolant: kind), threads: 1, as: Float.self)
    #expect(reports.allSatisfy { $0.gradientNorm > 0 && $0.lossVariance > 0 })
    #expect(parameters.allSatisfy { $0.isFinite })
  }

  @Test(
    "a step allocates nothing and counts no reference",
    .enabled(if: toylab_counts_exist() != 0, "calls are counted on Linux on x86-64 alone"))
  func cost() throws {
    func cost<Scalar: TrainingScalar>(_: Scalar.Type) throws -> [Int64] {
      let trainer = GuidedTrainer<Scalar>(
        configuration(batch: 33), target: try labelledMixture(), pool: WorkerPool(threads: 1))
      for _ in 0..<3 { try trainer.advance() }
      let before = toylab_counts_now()
      for _ in 0..<1000 { try trainer.advance() }
      let after = toylab_counts_now()
      return [
        after.allocations - before.allocations, after.retains - before.retains,
        after.releases - before.releases,
      ]
    }
    #expect(try cost(Float.self) == [0, 0, 0])
    #expect(try cost(Double.self) == [0, 0, 0])
  }

  @Test("settings that guidance cannot use are refused by name")
  func refusals() throws {
    try configuration().validate()
    #expect(throws: GuidanceError.self) { try configuration(scale: .nan).validate() }
    #expect(throws: GuidanceError.self) { try configuration(dropout: 1).validate() }
    for objective in [Objective.eulerianFull, .eulerianSemi, .consistencyTraining] {
      let error = #expect(throws: ConfigurationError.self) {
        try configuration(objective).validate()
      }
      #expect(error?.setting == "objective")
    }
    var shared = configuration()
    shared.training.loss = TrainingLoss(
      objective: .improvedSelfDistillation, sharing: .diagonalFraction(0.75))
    let error = #expect(throws: ConfigurationError.self) { try shared.validate() }
    #expect(error?.setting == "sharing")
    shared.training.loss = TrainingLoss(
      objective: .improvedSelfDistillation, weighting: .learned())
    let learned = #expect(throws: ConfigurationError.self) { try shared.validate() }
    #expect(learned?.setting == "weighting")
    let warmed = #expect(throws: ConfigurationError.self) {
      try configuration(.stabilizedConsistency).validate()
    }
    #expect(warmed?.setting == "stabilizers")
  }

  @Test(
    "with exact fields the loss is what the scatter of the target leaves, ω² tr Cov[v_c | x_t, c]",
    arguments: [0.5, 3])
  func floor(scale: Double) throws {
    let (mixture, interpolant, rows) = (try labelledMixture(), LinearInterpolant(), 4000)
    let counted = mixture.withLabelsCounted
    let set = try GuidedEvaluationSet(
      target: mixture, interpolant: .linear, scale: scale, count: rows, threads: 1)
    // The same rows as data and noise: the points of the set are built from its streams.
    let data = RandomStream(seed: 1, purpose: "data")
    var labels = [Int32](repeating: 0, count: rows)
    let points = [Double](unsafeUninitializedCapacity: 2 * rows) { points, filled in
      labels.withUnsafeMutableBufferPointer {
        MixtureSampler(counted).fill(points, rows: 0..<rows, stream: data, labels: $0)
      }
      filled = 2 * rows
    }
    let sample = TrainingSample.inputs(rows: rows, dimension: 2, interpolant: interpolant)
    let label = Tensor.input("label", [rows])
    let fields = try counted.labels.map {
      SymbolicMixture(try counted.restricted(toLabel: $0))
    }
    let exact = ConditionalFlowMap(interpolant: interpolant, nullLabel: 2) { x, t, _, label in
      let all = SymbolicMixture(counted).marginal(x, at: t, interpolant: interpolant).velocity
      let branches = fields.map {
        all + scale * ($0.marginal(x, at: t, interpolant: interpolant).velocity - all)
      }
      let label = label.reshaped(to: [rows, 1])
      return select(equal(label, 0), branches[0], select(equal(label, 1), branches[1], all))
    }
    let context = Guidance(scale: scale).context(exact, sample: sample, label: label)
    let loss = Objective.flowMatching.perSample(context)
    let executable = Executable<Double>(rows: rows, blockRows: rows, pool: WorkerPool(threads: 1)) {
      _ in
      Program(
        rows: rows, inputs: sample.declarations + [(.perRow, label)],
        outputs: [("loss", .perRow, loss)])
    }
    let times = RandomStream(seed: 1, purpose: "times").uniforms(rows: rows, draws: 1)
    let values =
      try executable.evaluate([
        "data": points,
        "noise": RandomStream(seed: 1, purpose: "noise").normals(rows: rows, draws: 2),
        "time": times, "endTime": times, "fraction": times, "label": labels.map(Double.init),
      ])["loss"] ?? []
    let (got, want) = (Estimate(meanOf: values), Estimate(meanOf: set.targetVariances))
    let error = (got.standardError * got.standardError + want.standardError * want.standardError)
      .squareRoot()
    #expect(abs(got.value - want.value) < 4 * error)
    #expect(error < 0.05 * want.value)
  }
}

@Suite struct LabelSamplerTests {
  @Test(
    "labels are those of the batch's data, dropped as often as asked", arguments: [0, 0.1, 0.6])
  func labels(dropout: Double) throws {
    let (mixture, rows) = (try labelledMixture().withLabelsCounted, 20_000)
    func drawn(threads: Int) -> [Double] {
      let sampler = LabelSampler<Float>(
        target: mixture, dropout: dropout, rows: rows, seed: 5, pool: WorkerPool(threads: threads))
      sampler.draw(step: 7)
      return sampler.labels.values
    }
    let labels = drawn(threads: 1)
    #expect(drawn(threads: 3) == labels)
    var (points, classes) = (
      [Float](repeating: 0, count: 2 * rows), [Int32](repeating: 0, count: rows)
    )
    points.withUnsafeMutableBufferPointer { points in
      classes.withUnsafeMutableBufferPointer {
        MixtureSampler(mixture).fill(
          points, rows: 0..<rows,
          stream: RandomStream(seed: 5, purpose: "training data").at(step: 7), labels: $0)
      }
    }
    let batch = BatchSampler<Float>(
      target: .mixture(mixture), times: .relaxed(), interpolant: .linear, rows: rows, seed: 5,
      pool: WorkerPool(threads: 1))
    batch.draw(step: 7)
    #expect(batch.data.values == points.map(Double.init))
    let dropped = labels.count { $0 == 2 }
    for (label, own) in zip(labels, classes) where label != 2 { #expect(label == Double(own)) }
    let deviation = (Double(rows) * dropout * (1 - dropout)).squareRoot()
    #expect(abs(Double(dropped) - Double(rows) * dropout) <= 4 * deviation)
    // Classes lose their labels alike.
    let among = zip(labels, classes).count { $0 == 2 && $1 == 0 }
    let share = Double(classes.count { $0 == 0 }) * dropout
    #expect(abs(Double(among) - share) <= 4 * (share * (1 - dropout)).squareRoot())
  }

  @Test("other steps drop other rows")
  func steps() throws {
    let sampler = LabelSampler<Double>(
      target: try labelledMixture().withLabelsCounted, dropout: 0.5, rows: 100, seed: 5,
      pool: WorkerPool(threads: 1))
    sampler.draw(step: 0)
    let first = sampler.labels.values
    sampler.draw(step: 1)
    #expect(sampler.labels.values != first)
    sampler.draw(step: 0)
    #expect(sampler.labels.values == first)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CTestSupport
import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import Files
@testable import Measures
@testable import Probing
@testable import Training

/// Two classes of two components each, with labels that are not counted from 0.
func labelledMixture() throws -> GaussianMixture {
  try GaussianMixture(
    weights: [1, 2, 1, 1], means: [[-1, -1], [-1, 1], [1, -1], [1, 1]], deviation: 0.5,
    labels: [8, 3, 3, 8])
}

@Suite struct GuidedTrainingTests {
  private func configuration(
    _ objective: Objective = .improvedSelfDistillation, scale: Double = 2, dropout: Double = 0.1,
    batch: Int = 1100, interpolant: InterpolantKind = .linear, precision: Precision = .float32,
    sharing: TrainingLoss.Sharing = .everySample, weighting: Weighting = .none,
    teacher: Teacher = .online
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      interpolant: interpolant,
      network: MultilayerPerceptron(width: 8, depth: 2, classCount: 2),
      loss: TrainingLoss(
        objective: objective, sharing: sharing, weighting: weighting, teacher: teacher,
        guidance: Guidance(
          scale: objective == .consistencyTraining ? 1 : scale, labelDropout: dropout)),
      averageDecays: [0.9], batch: batch, steps: 10_000, metricsInterval: 10_000,
      precision: precision)
  }

  private func train<Scalar: TrainingScalar>(
    _ configuration: TrainingConfiguration, threads: Int, as type: Scalar.Type
  ) throws -> ([StepReport], [Double]) {
    let trainer = Trainer<Scalar>(
      configuration, source: try labelledMixture(), pool: WorkerPool(threads: threads))
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
    "every objective trains with classes and guidance, and its steps stay finite",
    arguments: Objective.allCases, InterpolantKind.allCases)
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
      let trainer = Trainer<Scalar>(
        configuration(batch: 33), source: try labelledMixture(), pool: WorkerPool(threads: 1))
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

  @Test("weightings, averaged teachers, sharing and warm-up go with guidance")
  func companions() throws {
    let combinations = [
      configuration(batch: 64, sharing: .diagonalFraction(0.75)),
      configuration(batch: 64, weighting: .learned()),
      configuration(batch: 64, weighting: .adaptive()),
      configuration(.consistencyDistillation, batch: 64, teacher: .average(decay: 0.9)),
      configuration(.stabilizedConsistency, batch: 64, weighting: .learned()),
    ]
    for combination in combinations {
      try combination.validate()
      let (reports, parameters) = try train(combination, threads: 2, as: Double.self)
      #expect(reports.allSatisfy { $0.gradientNorm > 0 })
      #expect(parameters.allSatisfy { $0.isFinite })
    }
  }

  @Test("settings that guidance cannot use are refused by name")
  func refusals() throws {
    try configuration().validate()
    #expect(throws: ConfigurationError.self) { try configuration(scale: .nan).validate() }
    var drawn = configuration()
    drawn.loss.guidance.largestScale = 4
    #expect(throws: ConfigurationError.self) { try drawn.validate() }
    drawn.network = drawn.network.takingGuidance(true)
    try drawn.validate()
    for largest in [2, 1, .infinity, .nan] {
      drawn.loss.guidance.largestScale = largest
      let error = #expect(throws: ConfigurationError.self) { try drawn.validate() }
      #expect(error?.description.contains("range of guidance scales") == true)
    }
    drawn.loss.guidance.largestScale = nil
    #expect(throws: ConfigurationError.self) { try drawn.validate() }
    #expect(throws: ConfigurationError.self) { try configuration(dropout: 1).validate() }
    var consistency = configuration(.consistencyTraining)
    try consistency.validate()
    consistency.loss.guidance.scale = 2
    #expect(throws: ConfigurationError.self) { try consistency.validate() }
    var unclassed = configuration()
    unclassed.network = unclassed.network.with(classCount: 0)
    #expect(throws: ConfigurationError.self) { try unclassed.validate() }
    var other = configuration()
    other.network = other.network.with(classCount: 3)
    #expect(throws: ConfigurationError.self) { try other.validate(for: try labelledMixture()) }
    #expect(throws: ConfigurationError.self) {
      try configuration().validate(for: try MixturePreset.single.mixture())
    }
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
    let label = Tensor.input("label", [rows])
    let sample = TrainingSample.inputs(
      rows: rows, dimension: 2, interpolant: interpolant, conditions: Conditions(label: label))
    let fields = try counted.labels.map {
      SymbolicMixture(try counted.restricted(toLabel: $0))
    }
    let exact = FlowMap(interpolant: interpolant, classCount: 2) { x, t, _, conditions in
      let all = SymbolicMixture(counted).marginal(x, at: t, interpolant: interpolant).velocity
      let branches = fields.map {
        all + scale * ($0.marginal(x, at: t, interpolant: interpolant).velocity - all)
      }
      guard let label = conditions.label?.reshaped(to: [rows, 1]) else { return all }
      return select(equal(label, 0), branches[0], select(equal(label, 1), branches[1], all))
    }
    // The loss is a mean over the two coordinates.
    let loss =
      2
      * TrainingLoss(objective: .flowMatching, guidance: Guidance(scale: scale)).perSample(
        ObjectiveContext(flowMap: exact, sample: sample))
    let executable = Executable<Double>(rows: rows, blockRows: rows, pool: WorkerPool(threads: 1)) {
      _ in
      Program(
        rows: rows, inputs: sample.declarations,
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

@Suite struct BatchLabelsTests {
  private func sampler(
    _ dropout: Double, rows: Int, threads: Int = 1
  ) throws -> BatchSampler<Float> {
    BatchSampler<Float>(
      source: try labelledMixture(), times: .relaxed(), interpolant: .linear,
      labelDropout: dropout, rows: rows, seed: 5, pool: WorkerPool(threads: threads))
  }

  @Test(
    "labels are those of the batch's data, dropped as often as asked", arguments: [0, 0.1, 0.6])
  func labels(dropout: Double) throws {
    let (mixture, rows) = (try labelledMixture().withLabelsCounted, 20_000)
    let batch = try sampler(dropout, rows: rows)
    batch.draw(step: 7)
    let labels = batch.labels.values
    // Many times: rows that shared working memory with those of another thread would show now and then only.
    let other = try sampler(dropout, rows: rows, threads: 3)
    for _ in 0..<50 {
      other.draw(step: 7)
      #expect(other.labels.values == labels && other.times.values == batch.times.values)
    }
    #expect(other.data.values == batch.data.values)
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

  @Test("scales are drawn uniform in the logarithm, the same for any number of threads")
  func scales() throws {
    func sampler(threads: Int) throws -> BatchSampler<Double> {
      BatchSampler<Double>(
        source: try labelledMixture(), times: .relaxed(), interpolant: .linear, labelDropout: 0.1,
        guidance: Guidance(scale: 1.5, upTo: 6), rows: 20_000, seed: 5,
        pool: WorkerPool(threads: threads))
    }
    let (one, three) = (try sampler(threads: 1), try sampler(threads: 3))
    for batch in [one, three] { batch.draw(step: 7) }
    let scales = one.guidance.values
    #expect(three.guidance.values == scales && scales.count == 20_000)
    let places = scales.map { log2($0 / 1.5) / 2 }
    #expect(places.allSatisfy { (0...1).contains($0) })
    let moments = Estimate(meanOf: places)
    #expect(abs(moments.value - 0.5) < 4 * moments.standardError)
    #expect(abs(moments.standardError - (1 / (12 * 20_000.0)).squareRoot()) < 1e-4)
  }

  @Test(
    "a network that is told the scale learns the guided flow of each")
  func conditioned() throws {
    let mixture = try labelledMixture()
    let configuration = TrainingConfiguration(
      network: MultilayerPerceptron(
        width: 64, depth: 3, classCount: 2, takesGuidance: true),
      loss: TrainingLoss(
        objective: .flowMatching, guidance: Guidance(scale: 1, upTo: 4, labelDropout: 0.2)),
      schedule: .linearDecay(from: 3e-3), batch: 512, steps: 4000)
    try configuration.validate()
    let pool = WorkerPool(threads: 2)
    let trainer = Trainer<Float>(configuration, source: mixture, pool: pool)
    for _ in 0..<configuration.steps { try trainer.advance() }
    let set = { scale in
      try GuidedEvaluationSet(
        target: mixture, interpolant: .linear, scale: scale, count: 1024, seed: 1, threads: 2)
    }
    let sampler = FlowMapSampler(
      network: configuration.network, interpolant: configuration.interpolant.interpolant,
      parameters: trainer.parameters, rows: 1024, pool: pool)
    let conditional = try set(1)
    for scale in [1.25, 2, 3] {
      let errors = try GuidedErrors(
        try set(scale), conditional: conditional, sampler: sampler, samplingScale: scale, steps: [])
      #expect(abs(errors.effectiveScale / scale - 1) < 0.1, "\(scale): \(errors.effectiveScale)")
    }
  }

  @Test("other steps drop other rows")
  func steps() throws {
    let sampler = try sampler(0.5, rows: 100)
    sampler.draw(step: 0)
    let first = sampler.labels.values
    sampler.draw(step: 1)
    #expect(sampler.labels.values != first)
    sampler.draw(step: 0)
    #expect(sampler.labels.values == first)
  }
}

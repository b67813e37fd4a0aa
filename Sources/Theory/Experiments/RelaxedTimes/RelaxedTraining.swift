// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Engines
public import FlowMaps
internal import GroundTruth
internal import Measures
internal import Networks
public import Probing
public import Training

/// Trainings that differ in their end times alone: `s = 0` against `s < t`, at equal budget, at a calm and
/// at a stressed setting.
public struct RelaxedTraining: Sendable {
  public enum Setting: String, CaseIterable, Sendable, Codable {
    case calm
    /// A large constant learning rate and a small batch.
    case stressed
  }

  /// A way to train, at a setting.
  public struct Cell: Sendable, Hashable, Codable {
    public let objective: Objective
    public let isRelaxed: Bool
    public let setting: Setting

    public init(_ objective: Objective, isRelaxed: Bool, setting: Setting) {
      self.objective = objective
      self.isRelaxed = isRelaxed
      self.setting = setting
    }
  }

  /// What one training left.
  public struct Outcome: Sendable, Codable {
    public let cell: Cell
    public let seed: UInt64
    /// Sliced W₂ between one-step samples and data; nil if the run did not end.
    public let slicedWasserstein: Double?
    /// `E‖f(z;T,0) − f*(z;T,0)‖²`; nil if the run did not end.
    public let flowMapError: Double?
    public let largestGradientNorm: Double
    public let medianGradientNorm: Double
    /// What stopped the run, and when.
    public let failure: String?
    public let failedStep: Int?
  }

  public static let objectives: [Objective] = [
    .directSemi, .eulerianSelfDistillation, .improvedSelfDistillation,
  ]

  public let evaluation: EvaluationSet
  public let seeds: [UInt64]
  public let steps: Int

  /// - Precondition: there is a seed and a step.
  public init(evaluation: EvaluationSet, seeds: [UInt64], steps: Int) {
    precondition(!seeds.isEmpty, "no seed to train with")
    precondition(steps > 0, "a training takes at least one step, not \(steps)")
    self.evaluation = evaluation
    self.seeds = seeds
    self.steps = steps
  }

  /// All cells of a comparison.
  public static var cells: [Cell] {
    Setting.allCases.flatMap { setting in
      objectives.flatMap { objective in
        [false, true].map { Cell(objective, isRelaxed: $0, setting: setting) }
      }
    }
  }

  /// The configuration of one run.
  public func configuration(_ cell: Cell, seed: UInt64) -> TrainingConfiguration {
    let isCalm = cell.setting == .calm
    return TrainingConfiguration(
      interpolant: evaluation.interpolant,
      network: MultilayerPerceptron(dimension: evaluation.source.dimension, width: 64, depth: 3),
      loss: TrainingLoss(objective: cell.objective),
      times: cell.isRelaxed ? .relaxed() : .endAtZero,
      schedule: isCalm ? .linearDecay(from: 2e-3) : .constant(1e-2),
      batch: isCalm ? 256 : 32, steps: isCalm ? steps : 2 * steps, seed: seed,
      evaluationPoints: evaluation.count)
  }

  /// Trains every cell with every seed, runs side by side.
  ///
  /// - Parameter onRun: called when a run has ended.
  /// - Throws: what is not a run that blew up; that is an ``Outcome``.
  public func run(
    _ cells: [Cell] = cells, threads: Int, onRun: @escaping @Sendable (Outcome) -> Void = { _ in }
  ) throws -> [Outcome] {
    let jobs = cells.flatMap { cell in seeds.map { (cell: cell, seed: $0) } }
    return try parallelMap(jobs, threads: threads) { job in
      let outcome = try train(job.cell, seed: job.seed)
      onRun(outcome)
      return outcome
    }
  }

  private func train(_ cell: Cell, seed: UInt64) throws -> Outcome {
    let pool = WorkerPool(threads: 1)
    let configuration = configuration(cell, seed: seed)
    let trainer = Trainer<Float>(configuration, source: evaluation.source, pool: pool)
    var norms: [Double] = []
    var metrics: [Metric: Double] = [:]
    var failure: NonFiniteError?
    do {
      while trainer.step < configuration.steps { norms.append(try trainer.advance().gradientNorm) }
      metrics = try Evaluator(
        network: configuration.network, parameters: trainer.parameters, set: evaluation, pool: pool
      ).evaluate().reduce(into: [:]) { $0[$1.metric] = $1.estimate.value }
    } catch let error as NonFiniteError {
      failure = error
    }
    func finite(_ metric: Metric) -> Double? {
      metrics[metric].flatMap { $0.isFinite ? $0 : nil }
    }
    return Outcome(
      cell: cell, seed: seed, slicedWasserstein: finite(.slicedWasserstein),
      flowMapError: finite(.flowMapError), largestGradientNorm: norms.max() ?? 0,
      medianGradientNorm: norms.isEmpty ? 0 : norms.sorted()[norms.count / 2],
      failure: failure?.description, failedStep: failure?.step)
  }
}

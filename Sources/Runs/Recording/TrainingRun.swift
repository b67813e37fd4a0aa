// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Files
internal import FlowMaps
internal import Interpolants
internal import Measures
internal import Networks
public import Probing
internal import RandomStreams
public import Training

/// A training run with its measurements: advances a ``Trainer`` and evaluates it every so many steps.
public final class TrainingRun<Scalar: TrainingScalar> {
  public let trainer: Trainer<Scalar>
  public let evaluator: Evaluator<Scalar>
  /// Measures the parameters' averages, which are put into ``average`` one by one.
  private let averageEvaluator: Evaluator<Scalar>?
  private let average: Buffer<Scalar>
  private let pool: WorkerPool
  /// Measure samples of images, of the parameters and of ``average``; nil where that is not asked for.
  private let meter: FeatureMeter<Scalar>?
  private let averageMeter: FeatureMeter<Scalar>?

  private var statistics = TrainingStatistics()
  /// Draws pictures of samples; compiled when it is first asked for.
  private var gallerySampler: FlowMapSampler<Scalar>?

  /// - Parameter features: what samples of images are held against with each row of metrics.
  public init(
    _ configuration: TrainingConfiguration, evaluation: EvaluationSet,
    pretrained: PretrainedParameters = .none, features: FeatureReference? = nil, pool: WorkerPool
  ) {
    self.pool = pool
    trainer = Trainer(
      configuration, source: evaluation.source, pretrained: pretrained, pool: pool)
    func makeEvaluator(of parameters: Buffer<Scalar>) -> Evaluator<Scalar> {
      Evaluator(
        network: configuration.network, parameters: parameters, set: evaluation,
        alwaysTold: configuration.alwaysTellsClass, pool: pool)
    }
    evaluator = makeEvaluator(of: trainer.parameters)
    let hasAverages = !configuration.averageDecays.isEmpty
    average = Buffer(count: hasAverages ? trainer.parameters.count : 0)
    averageEvaluator = hasAverages ? makeEvaluator(of: average) : nil
    func makeMeter(of parameters: Buffer<Scalar>) -> FeatureMeter<Scalar>? {
      features.map {
        FeatureMeter(
          $0, configuration: configuration, source: evaluation.source, parameters: parameters,
          pool: pool)
      }
    }
    meter = makeMeter(of: trainer.parameters)
    averageMeter = hasAverages ? makeMeter(of: average) : nil
  }

  /// Steps made so far.
  public var step: Int { trainer.step }

  /// Whether the last step is made.
  public var isComplete: Bool { trainer.step >= trainer.configuration.steps }

  /// Trains to the last step.
  ///
  /// - Parameters:
  ///   - onStep: called after every step.
  ///   - onMetrics: called with a row at step 0 (unless the run is resumed), at every multiple of the
  ///     metrics interval and at the last step.
  /// - Throws: ``NonFiniteError``, and whatever the callbacks throw.
  public func run(
    onStep: (StepReport) throws -> Void = { _ in }, onMetrics: (MetricsRow) throws -> Void
  ) throws {
    if let row = try begin() { try onMetrics(row) }
    while !isComplete {
      let (report, row) = try advance()
      try onStep(report)
      if let row { try onMetrics(row) }
    }
  }

  /// The samples of a picture of the current parameters, or of their first average where there is one: a list of images
  /// for each count of steps.
  func gallery(_ plan: GalleryPlan) throws -> [[Double]] {
    let configuration = trainer.configuration
    if let decay = configuration.averageDecays.first {
      trainer.copyAverage(decay: decay, to: average)
    }
    let sampler =
      gallerySampler
      ?? FlowMapSampler(
        network: configuration.network, interpolant: configuration.interpolant.interpolant,
        parameters: averageEvaluator == nil ? trainer.parameters : average, rows: plan.count,
        pool: pool)
    gallerySampler = sampler
    let noise = RandomStream(seed: configuration.seed, purpose: .galleryNoise).normals(
      rows: plan.count, draws: configuration.network.dimension)
    return try plan.steps.map { steps in
      try sampler.sample(
        noise, steps: steps,
        given: SamplingConditions(
          labels: plan.labels, scale: configuration.loss.guidance.samplingScale))
    }
  }

  /// The metrics of the untrained network, or nil if steps have been made.
  public func begin() throws -> MetricsRow? {
    guard trainer.step == 0 else { return nil }
    statistics.record(try trainer.computeGradient())
    return try measure()
  }

  /// Makes one step.
  ///
  /// - Returns: its report, and a row of metrics at every multiple of the metrics interval and at the last
  ///   step.
  /// - Throws: ``NonFiniteError``.
  public func advance() throws -> (report: StepReport, metrics: MetricsRow?) {
    let report = try trainer.advance()
    statistics.record(report)
    let isDue = trainer.step % trainer.configuration.metricsInterval == 0 || isComplete
    return (report, isDue ? try measure() : nil)
  }

  /// The metrics of the current parameters, and the training statistics since the row before.
  private func measure() throws -> MetricsRow {
    var values = statistics.values
    values += try trainer.lossParts().map { ($0.part.rawValue, $0.mean) }
    func append(
      _ evaluator: Evaluator<Scalar>, _ meter: FeatureMeter<Scalar>?, average decay: Double? = nil
    ) throws {
      for (metric, estimate) in try evaluator.evaluate() {
        values.append((metric.key(average: decay), estimate.value))
        values.append((metric.errorKey(average: decay), estimate.standardError))
      }
      for (steps, readings) in try meter?.measure() ?? [] {
        values += readings.values(prefix: FeatureSettings.prefix(steps: steps, average: decay))
      }
    }
    try append(evaluator, meter)
    if let averageEvaluator {
      for decay in trainer.configuration.averageDecays {
        trainer.copyAverage(decay: decay, to: average)
        try append(averageEvaluator, averageMeter, average: decay)
      }
    }
    statistics = TrainingStatistics()
    let row = MetricsRow(step: trainer.step, values: values)
    if let bad = row.values.first(where: { !$0.value.isFinite }) {
      throw NonFiniteError(
        step: trainer.step, of: trainer.configuration, quantity: "the metric \(bad.name)",
        value: bad.value, stepsMade: trainer.step)
    }
    return row
  }
}

// MARK: - Checkpoints

extension TrainingRun where Scalar: TensorElement {
  private static var statisticsKey: String { "statistics" }

  /// The trainer's state and the statistics since the last row of metrics.
  public func checkpoint() throws -> SafeTensors {
    var file = trainer.checkpoint()
    file.metadata[Self.statisticsKey] = try statistics.text
    return file
  }

  /// Takes up the state of a checkpoint; the run then continues bit for bit as if it had never stopped.
  ///
  /// - Throws: if it does not fit this run.
  public func restore(from checkpoint: CheckpointFile) throws {
    guard let text = checkpoint.contents.metadata[Self.statisticsKey],
      let saved = TrainingStatistics(text: text)
    else {
      throw CheckpointError(
        path: checkpoint.path,
        problem: "its metadata has no \"\(Self.statisticsKey)\" of a training run")
    }
    try trainer.restore(from: checkpoint)
    statistics = saved
  }
}

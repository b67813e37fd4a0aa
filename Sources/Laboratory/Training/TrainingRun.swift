// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
internal import Probes

/// A training run with its measurements: advances a ``Trainer`` and evaluates it every so many steps.
public final class TrainingRun<Scalar: TrainingScalar> {
  public let trainer: Trainer<Scalar>
  public let evaluator: Evaluator<Scalar>

  private var losses = RunningMoments()
  private var lossVariances = RunningMoments()
  private var gradientNorms = RunningMoments()
  private var largestGradientNorm = 0.0

  public init(
    _ configuration: TrainingConfiguration, evaluation: EvaluationSet, pool: WorkerPool
  ) {
    trainer = Trainer(configuration, target: evaluation.target, pool: pool)
    evaluator = Evaluator(
      network: configuration.network, parameters: trainer.parameters, set: evaluation, pool: pool)
  }

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
    let configuration = trainer.configuration
    if trainer.step == 0 {
      let first = try trainer.computeGradient()
      record(first)
      try onMetrics(try measure())
    }
    while trainer.step < configuration.steps {
      let report = try trainer.advance()
      record(report)
      try onStep(report)
      if trainer.step % configuration.metricsInterval == 0 || trainer.step == configuration.steps {
        try onMetrics(try measure())
      }
    }
  }

  private func record(_ report: StepReport) {
    losses.add(report.loss)
    lossVariances.add(report.lossVariance)
    gradientNorms.add(report.gradientNorm)
    largestGradientNorm = max(largestGradientNorm, report.gradientNorm)
  }

  /// The metrics of the current parameters, and the training statistics since the row before.
  private func measure() throws -> MetricsRow {
    var values: [(name: String, value: Double)] = [
      ("loss", losses.mean), ("lossVariance", lossVariances.mean),
      ("gradientNorm", gradientNorms.mean), ("gradientNormMaximum", largestGradientNorm),
    ]
    for (metric, estimate) in try evaluator.evaluate() {
      values.append((metric.rawValue, estimate.value))
      values.append((metric.errorKey, estimate.standardError))
    }
    losses = RunningMoments()
    lossVariances = RunningMoments()
    gradientNorms = RunningMoments()
    largestGradientNorm = 0
    let row = MetricsRow(step: trainer.step, values: values)
    if let bad = row.values.first(where: { !$0.value.isFinite }) {
      throw NonFiniteError(
        step: trainer.step, objective: trainer.configuration.loss.objective.rawValue,
        quantity: "the metric \(bad.name)", value: bad.value)
    }
    return row
  }
}

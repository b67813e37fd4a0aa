// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Files
internal import FlowMaps
internal import Networks
public import Probing
public import Training

/// A training run that keeps its configuration, metrics and checkpoints in a folder.
public final class RecordedTraining {
  /// How a run ended.
  public enum Ending: Sendable, Equatable {
    case complete
    /// A checkpoint of this step is there to continue from.
    case stopped(step: Int)
  }

  public let run: ResolvedRun
  public let evaluation: EvaluationSet
  /// The latest row of metrics.
  public private(set) var lastRow: MetricsRow?

  private let folder: RunFolder
  private let driver: any TrainingDriver
  private var lastCheckpoint: Int?

  /// Prepares a run, and with ``RunFolder/ExistingRun/resume`` takes up its latest checkpoint.
  ///
  /// - Parameters:
  ///   - run: valid settings, see ``ResolvedRun/validate()``.
  ///   - path: the run's folder; see ``RunFolder`` for what is done to it.
  /// - Throws: if the folder cannot be used, or the checkpoint does not fit. Nothing is then left behind.
  public init(_ run: ResolvedRun, in path: String, existing: RunFolder.ExistingRun) throws {
    self.run = run
    folder = try RunFolder(path, existing: existing)
    do {
      evaluation = try EvaluationSet(run)
      driver = makeDriver(run, evaluation: evaluation)
      if existing == .resume, let checkpoint = try folder.layout.checkpoints().last {
        try driver.restore(from: checkpoint.path)
        lastCheckpoint = checkpoint.step
        lastRow = try folder.layout.metrics().last
      }
      let isUnchanged = try existing == .resume && ResolvedRun(of: folder.layout) == run
      if !isUnchanged {
        try folder.writeInputs(run.inputs)
        try folder.writeConfiguration(run)
      }
    } catch {
      folder.discardIfUnfinished()
      throw error
    }
  }

  /// Steps made so far.
  public var step: Int { driver.step }

  /// The step of the latest checkpoint.
  public var checkpointStep: Int? { lastCheckpoint }

  /// Trains until the last step is made or `shouldStop` holds after a step, and closes the folder.
  ///
  /// - Parameter onStep: called after every step.
  /// - Throws: ``NonFiniteError``, `FileError`. A run without a checkpoint then leaves nothing behind.
  public func train(
    onStep: (StepReport) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Ending {
    do {
      let ending = try advance(onStep: onStep, shouldStop: shouldStop)
      try folder.finish()
      return ending
    } catch {
      folder.discardIfUnfinished()
      throw error
    }
  }

  /// Gives up a run that is not to be trained: without a checkpoint it leaves nothing behind. Calling it
  /// again, or after ``train(onStep:shouldStop:)``, does no harm.
  public func discardIfUnfinished() { folder.discardIfUnfinished() }

  private func advance(onStep: (StepReport) -> Void, shouldStop: () -> Bool) throws -> Ending {
    try append(try driver.begin())
    while !driver.isComplete {
      let (report, row) = try driver.advance()
      try append(row)
      let isStopping = shouldStop() && !driver.isComplete
      if isStopping || driver.isComplete || driver.step % run.checkpointInterval == 0 {
        try folder.saveCheckpoint(try driver.checkpoint(), step: driver.step)
        lastCheckpoint = driver.step
      }
      onStep(report)
      if isStopping { return .stopped(step: driver.step) }
    }
    return .complete
  }

  private func append(_ row: MetricsRow?) throws {
    guard let row else { return }
    try folder.append(row)
    lastRow = row
  }
}

/// A ``TrainingRun`` of either precision.
private protocol TrainingDriver {
  var step: Int { get }
  var isComplete: Bool { get }
  func begin() throws -> MetricsRow?
  func advance() throws -> (report: StepReport, metrics: MetricsRow?)
  func checkpoint() throws -> SafeTensors
  func restore(from path: String) throws
}

extension TrainingRun: TrainingDriver where Scalar: TensorElement {}

private func makeDriver(_ run: ResolvedRun, evaluation: EvaluationSet) -> any TrainingDriver {
  let pool = WorkerPool(threads: run.threads)
  switch run.configuration.precision {
  case .float32:
    return TrainingRun<Float>(
      run.configuration, evaluation: evaluation, pretrained: run.pretrained, pool: pool)
  case .float64:
    return TrainingRun<Double>(
      run.configuration, evaluation: evaluation, pretrained: run.pretrained, pool: pool)
  }
}

extension EvaluationSet {
  /// The points on which a run is measured.
  init(_ run: ResolvedRun) throws {
    let configuration = run.configuration
    var teacher: (network: Architecture, parameters: [Double])?
    if let network = configuration.teacher?.network, network.observationSize == 0 {
      teacher = (network, run.pretrained.teacher)
    }
    try self.init(
      source: run.source.data, interpolant: configuration.interpolant,
      count: configuration.evaluationPoints,
      guidanceScale: configuration.network.classCount > 0
        ? configuration.loss.guidance.scale : nil, teacher: teacher, threads: run.threads)
  }
}

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
  /// What samples of images are held against; nil where that is not asked for.
  public let features: FeatureReference?
  /// The latest row of metrics.
  public private(set) var lastRow: MetricsRow?

  private let folder: RunFolder
  private let driver: any TrainingDriver
  /// Makes images of latents for pictures of samples.
  private let decoder: LatentDecoder?
  private var lastCheckpoint: Int?

  /// Prepares a run, and with ``RunFolder/ExistingRun/resume`` takes up its latest sound checkpoint, or starts it if
  /// it has none.
  ///
  /// - Parameters:
  ///   - run: valid settings, see ``ResolvedRun/validate()``.
  ///   - path: the run's folder; see ``RunFolder`` for what is done to it.
  ///   - whilePreparing: told how much of a stretch of the work is done; what it throws ends the preparation.
  /// - Throws: if the folder cannot be used, or the checkpoint does not fit. Nothing is then left behind.
  public init(
    _ run: ResolvedRun, in path: String, existing: RunFolder.ExistingRun,
    whilePreparing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let run = try run.readingSource()
    self.run = run
    let decoderFile = try run.decoder.map { try DecoderFile(contentsOf: $0) }
    try decoderFile?.check(run.source)
    decoder = decoderFile.map {
      LatentDecoder($0.autoencoder, pool: WorkerPool(threads: run.threads))
    }
    folder = try RunFolder(path, existing: existing, run: try run.identity)
    do {
      // Written first, so that a run whose process is killed at any time can be taken up.
      if existing != .resume { try folder.write(run) }
      evaluation = try EvaluationSet(run, whilePreparing: whilePreparing)
      features = try FeatureReference(run, decoder: decoderFile)
      driver = makeDriver(run, evaluation: evaluation, features: features)
      if let checkpoint = folder.resumed {
        try driver.restore(from: checkpoint.file)
        lastCheckpoint = checkpoint.step
        lastRow = try folder.layout.metrics().last
      }
      if existing == .resume {
        let isUnchanged = try ResolvedRun(of: folder.layout) == run
        if isUnchanged { try folder.mark(.running) } else { try folder.write(run) }
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

  /// What is wrong with later checkpoints than the one taken up, from the latest down; they were put aside.
  public var damagedCheckpoints: [CheckpointFileError] { folder.damaged }

  /// Trains until the last step is made or `shouldStop` holds before the first or after a step, and closes the folder.
  ///
  /// - Parameter onStep: called after every step.
  /// - Throws: ``NonFiniteError``; the run is then kept as diverged, with a checkpoint of its last finite parameters.
  ///   ``RunFolderError`` if the folder was moved or removed; `FileError`, a run without a checkpoint then leaves
  ///   nothing behind.
  public func train(
    onStep: (StepReport) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Ending {
    do {
      let ending = try advance(onStep: onStep, shouldStop: shouldStop)
      try folder.finish(ending == .complete ? .finished : .interrupted)
      return ending
    } catch {
      switch error {
      case let error as NonFiniteError: try? keepDiverged(error)
      // Where the folder is now it gets a checkpoint to continue from.
      case RunFolderError.moved: try? save()
      default: break
      }
      folder.discardIfUnfinished()
      throw error
    }
  }

  /// Gives up a run that is not to be trained: without a checkpoint it leaves nothing behind. Calling it
  /// again, or after ``train(onStep:shouldStop:)``, does no harm.
  public func discardIfUnfinished() { folder.discardIfUnfinished() }

  private func advance(onStep: (StepReport) -> Void, shouldStop: () -> Bool) throws -> Ending {
    if !driver.isComplete && shouldStop() {
      try save()
      return .stopped(step: driver.step)
    }
    try append(try driver.begin())
    while !driver.isComplete {
      let (report, row) = try driver.advance()
      try append(row)
      if let interval = run.gridInterval, driver.isComplete || driver.step % interval == 0 {
        try saveSamples()
      }
      let isStopping = shouldStop() && !driver.isComplete
      if isStopping || driver.isComplete || driver.step % run.checkpointInterval == 0 {
        try save()
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

  private func saveSamples() throws {
    guard let plan = GalleryPlan(progressOf: run) else { return }
    let panels = try driver.gallery(plan)
    try folder.saveSamples(try plan.image(panels, decoder: decoder), step: driver.step)
  }

  private func save() throws {
    try folder.saveCheckpoint(try driver.checkpoint(), step: driver.step)
    lastCheckpoint = driver.step
  }

  private func keepDiverged(_ error: NonFiniteError) throws {
    if let (contents, step) = try lastFiniteState() {
      try folder.saveCheckpoint(contents, step: step)
      lastCheckpoint = step
    }
    try folder.finish(.diverged, reason: error.description)
  }

  /// The state with the last finite parameters, unless there is a checkpoint of it.
  private func lastFiniteState() throws -> (contents: SafeTensors, step: Int)? {
    let contents = try driver.checkpoint()
    if hasFiniteParameters(contents) { return (contents, driver.step) }
    // A step led out of the range of numbers, which the next one noticed: those before it are made again.
    let last = driver.step - 1
    guard last > lastCheckpoint ?? -1 else { return nil }
    let again = makeDriver(run, evaluation: evaluation, features: features)
    if let lastCheckpoint {
      let path = folder.layout.checkpointPath(step: lastCheckpoint)
      try again.restore(from: try CheckpointFile(contentsOf: path))
    }
    while again.step < last { _ = try again.advance() }
    return (try again.checkpoint(), last)
  }
}

/// Whether the parameters of a checkpoint and their averages are finite.
private func hasFiniteParameters(_ checkpoint: SafeTensors) -> Bool {
  checkpoint.tensors.allSatisfy { name, tensor in
    guard name.hasPrefix("parameters/") || name.hasPrefix("averages/") else { return true }
    return tensor.values(as: Float.self)?.allSatisfy(\.isFinite)
      ?? tensor.values(as: Double.self)?.allSatisfy(\.isFinite) ?? true
  }
}

/// A ``TrainingRun`` of either precision.
private protocol TrainingDriver {
  var step: Int { get }
  var isComplete: Bool { get }
  func begin() throws -> MetricsRow?
  func advance() throws -> (report: StepReport, metrics: MetricsRow?)
  func checkpoint() throws -> SafeTensors
  func restore(from checkpoint: CheckpointFile) throws
  func gallery(_ plan: GalleryPlan) throws -> [[Double]]
}

extension TrainingRun: TrainingDriver where Scalar: TensorElement {}

private func makeDriver(
  _ run: ResolvedRun, evaluation: EvaluationSet, features: FeatureReference?
) -> any TrainingDriver {
  let pool = WorkerPool(threads: run.threads)
  switch run.configuration.precision {
  case .float32:
    return TrainingRun<Float>(
      run.configuration, evaluation: evaluation, pretrained: run.pretrained, features: features,
      pool: pool)
  case .float64:
    return TrainingRun<Double>(
      run.configuration, evaluation: evaluation, pretrained: run.pretrained, features: features,
      pool: pool)
  }
}

extension EvaluationSet {
  /// The points on which a run is measured.
  init(
    _ run: ResolvedRun, whilePreparing: (_ done: Int, _ total: Int) throws -> Void
  ) throws {
    let configuration = run.configuration
    var teacher: (network: Architecture, parameters: [Double])?
    if let network = configuration.teacher?.network, network.observationSize == 0 {
      teacher = (network, run.pretrained.teacher)
    }
    try self.init(
      source: run.source.data, interpolant: configuration.interpolant,
      count: configuration.evaluationPoints,
      guidanceScale: configuration.network.classCount > 0
        ? configuration.loss.guidance.measuredScale : nil, teacher: teacher, threads: run.threads,
      whilePreparing: whilePreparing)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import Files
internal import FlowMaps
internal import Networks
public import Probing
internal import RandomStreams
public import Training

/// A checkpoint of a run with its parameters.
public struct ProbedRun: Sendable {
  /// The folder of the run.
  public let path: String
  public let run: ResolvedRun
  public let checkpoint: RunLayout.Checkpoint
  /// The average probed instead of the parameters, if any.
  public let averageDecay: Double?
  /// The flat parameter vector.
  public let parameters: [Double]
  /// The parameters of a learned weighting, and those of an averaged teacher; empty where there is none.
  public let weighting: [Double]
  public let teacherParameters: [Double]
  /// What is wrong with later checkpoints, for which this one stands in.
  public let damaged: [CheckpointFileError]
  /// The name of the run, which its checkpoints carry.
  private let identity: String

  /// - Parameters:
  ///   - path: a run's folder, or one of its checkpoints.
  ///   - step: the checkpoint of a folder; by default the latest.
  ///   - averageDecay: probes this average instead of the parameters.
  /// - Throws: ``ProbeError``, ``RunSamplerError``, or what reading the files throws.
  public init(_ path: String, step: Int? = nil, averageDecay: Double? = nil) throws {
    var (folder, chosen) = (path, step)
    if path.hasSuffix(".safetensors") {
      if let step { throw ProbeError.stepOfFile(path: path, step: step) }
      folder = parentFolder(of: parentFolder(of: path))
      let layout = RunLayout(folder)
      guard Self.isInRun(path),
        let found = try layout.checkpoints().first(where: {
          fileName(of: $0.path) == fileName(of: path)
        })
      else { throw ProbeError.notInRun(path: path) }
      chosen = found.step
    }
    let resolved: RunSampler
    do {
      resolved = try RunSampler(folder, step: chosen, averageDecay: averageDecay)
    } catch RunSamplerError.noCheckpoint {
      throw ProbeError.noCheckpoint(path: folder)
    }
    self.path = folder
    run = try resolved.run.readingSource()
    checkpoint = resolved.checkpoint
    self.averageDecay = averageDecay
    (damaged, identity) = (resolved.damaged, resolved.identity)
    let file = resolved.file
    parameters = try Self.parameters(of: file, in: run, averageDecay: averageDecay)
    let loss = run.configuration.loss
    weighting =
      loss.weightLayout.count == 0
      ? [] : try Self.weighting(of: file, count: loss.weightLayout.count, in: run)
    if let decay = loss.teacherDecay {
      teacherParameters = try Self.parameters(of: file, in: run, averageDecay: decay)
    } else {
      teacherParameters = []
    }
    guard (parameters + weighting + teacherParameters).allSatisfy(\.isFinite) else {
      throw ProbeError.notFinite(quantity: "a parameter", subject: checkpoint.path)
    }
  }

  /// Whether a file lies among the checkpoints of a run.
  public static func isInRun(_ path: String) -> Bool {
    FileSystem.exists(RunLayout(parentFolder(of: parentFolder(of: path))).configurationPath)
  }

  /// The loss of the run on a batch, at the parameters of the checkpoint.
  public func probe<Scalar: TrainingScalar>(
    _ batch: ProbeBatch, pool: WorkerPool, as type: Scalar.Type = Scalar.self
  ) -> LossProbe<Scalar> {
    let probe = LossProbe<Scalar>(
      run.configuration, source: run.source.data, pretrained: run.pretrained, batch: batch,
      pool: pool)
    probe.parameters = parameters
    probe.progress = min(
      Double(checkpoint.step) / Double(max(run.configuration.steps, 1)), 1)
    probe.weighting = weighting
    probe.teacherParameters = teacherParameters
    return probe
  }

  /// The way to the checkpoint: the initial parameters, and those of every checkpoint up to it.
  ///
  /// - Throws: if a checkpoint cannot be read.
  public func trainingPath() throws -> [(step: Int, parameters: [Double])] {
    let earlier = try RunLayout(path).checkpoints().filter { $0.step <= checkpoint.step }
    return [(0, initialParameters)]
      + (try earlier.filter { $0.step > 0 }.map {
        let file = try CheckpointFile(contentsOf: $0.path, of: identity)
        return ($0.step, try Self.parameters(of: file, in: run, averageDecay: averageDecay))
      })
  }

  /// The parameters with which the run began.
  public var initialParameters: [Double] {
    let values = run.configuration.initialParameters(run.pretrained)
    switch run.configuration.precision {
    case .float32: return values.map { Double(Float($0)) }
    case .float64: return values
    }
  }

  private static func weighting(
    of checkpoint: CheckpointFile, count: Int, in run: ResolvedRun
  ) throws -> [Double] {
    let file = checkpoint.contents
    let name = "weighting/parameters"
    switch run.configuration.precision {
    case .float32:
      return try file.values(name, as: Float.self, shape: [count], path: checkpoint.path)
        .map { Double($0) }
    case .float64:
      return try file.values(name, as: Double.self, shape: [count], path: checkpoint.path)
    }
  }

  private static func parameters(
    of checkpoint: CheckpointFile, in run: ResolvedRun, averageDecay: Double?
  ) throws -> [Double] {
    let layout = run.configuration.network.layout
    switch run.configuration.precision {
    case .float32:
      return try readParameters(
        of: checkpoint, layout: layout, averageDecay: averageDecay, as: Float.self
      ).map { Double($0) }
    case .float64:
      return try readParameters(
        of: checkpoint, layout: layout, averageDecay: averageDecay, as: Double.self)
    }
  }
}

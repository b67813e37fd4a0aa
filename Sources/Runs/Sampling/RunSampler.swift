// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Files
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import RandomStreams
public import Training

/// Why a run cannot be sampled.
public enum RunSamplerError: Error, Equatable, CustomStringConvertible {
  case noCheckpoint(path: String)
  case unknownStep(path: String, step: Int, available: [Int])
  case unknownAverage(path: String, decay: Double, available: [Double])
  case notFinite(checkpoint: String)

  public var description: String {
    switch self {
    case .noCheckpoint(let path):
      return "\(path) holds no complete checkpoint to sample from"
    case .unknownStep(let path, let step, let available):
      return "\(path) has no checkpoint of step \(step); it has those of "
        + available.map(String.init).joined(separator: ", ")
    case .unknownAverage(let path, let decay, let available):
      return "\(path) keeps no average of decay \(decay); it keeps "
        + (available.isEmpty ? "none" : available.map { "\($0)" }.joined(separator: ", "))
    case .notFinite(let checkpoint):
      return "the map of \(checkpoint) gave a sample that is not finite"
    }
  }
}

/// Draws samples with a checkpoint of a run.
public struct RunSampler: Sendable {
  public let run: ResolvedRun
  public let checkpoint: RunLayout.Checkpoint
  /// The average used instead of the parameters, if any.
  public let averageDecay: Double?
  /// What is wrong with later checkpoints, for which this one stands in.
  public let damaged: [CheckpointFileError]
  /// The checkpoint as it was read.
  let file: CheckpointFile
  /// The name of the run, which its checkpoints carry.
  let identity: String

  /// - Parameters:
  ///   - path: the run's folder.
  ///   - step: the checkpoint's; by default the latest that is not damaged.
  ///   - averageDecay: uses this average instead of the parameters.
  /// - Throws: ``RunSamplerError``, `CheckpointFileError`, or what reading `run.json` throws.
  public init(_ path: String, step: Int? = nil, averageDecay: Double? = nil) throws {
    let layout = RunLayout(path)
    run = try ResolvedRun(of: layout)
    identity = try layout.record()?.run ?? run.identity
    let checkpoints = try layout.checkpoints()
    if let step {
      guard let found = checkpoints.first(where: { $0.step == step }) else {
        throw checkpoints.isEmpty
          ? RunSamplerError.noCheckpoint(path: path)
          : .unknownStep(path: path, step: step, available: checkpoints.map(\.step))
      }
      (checkpoint, damaged) = (found, [])
      file = try CheckpointFile(contentsOf: found.path, of: identity)
    } else {
      let latest = try layout.latestCheckpoint(of: identity)
      guard let sound = latest.sound else {
        if let first = latest.damaged.first { throw first }
        throw RunSamplerError.noCheckpoint(path: path)
      }
      checkpoint = RunLayout.Checkpoint(step: sound.step, path: sound.file.path)
      (file, damaged) = (sound.file, latest.damaged)
    }
    let decays = run.configuration.averageDecays
    if let averageDecay, !decays.contains(averageDecay) {
      throw RunSamplerError.unknownAverage(path: path, decay: averageDecay, available: decays)
    }
    self.averageDecay = averageDecay
  }

  /// `count` samples, row-major; sample `i` depends on the seed and on `i`, not on the count.
  ///
  /// - Parameters:
  ///   - steps: equal steps from `T` to 0.
  ///   - label: the class that every sample is given, of a network with classes; nil for none.
  ///   - scale: of guidance in sampling (Post-CFG), or told to a network that takes guidance; nil for
  ///     `Guidance/samplingScale`.
  /// - Throws: if the checkpoint cannot be read; ``RunSamplerError/notFinite(checkpoint:)``; `ConfigurationError` for a
  ///   class that the network does not have.
  public func samples(
    count: Int, steps: Int = 1, seed: UInt64 = 0, label: Int? = nil, scale: Double? = nil,
    threads: Int = 1
  ) throws -> [Double] {
    let conditions = SamplingConditions(
      labels: label.map { Array(repeating: $0, count: count) }, scale: self.scale(scale))
    switch run.configuration.precision {
    case .float32:
      return try checked(
        try sampler(Float.self, count, threads)
          .sample(noise(count, seed), steps: steps, given: conditions))
    case .float64:
      return try checked(
        try sampler(Double.self, count, threads)
          .sample(noise(count, seed), steps: steps, given: conditions))
    }
  }

  /// The same samples with the noise they come from and the points after every step.
  ///
  /// - Throws: as ``samples(count:steps:seed:label:scale:threads:)``.
  public func trajectory(
    count: Int, steps: Int = 1, seed: UInt64 = 0, label: Int? = nil, scale: Double? = nil,
    threads: Int = 1
  ) throws -> SampleTrajectory {
    let conditions = SamplingConditions(
      labels: label.map { Array(repeating: $0, count: count) }, scale: self.scale(scale))
    let noise = noise(count, seed)
    let points: [[Double]] =
      switch run.configuration.precision {
      case .float32:
        try sampler(Float.self, count, threads)
          .trajectory(noise, steps: steps, given: conditions)
      case .float64:
        try sampler(Double.self, count, threads)
          .trajectory(noise, steps: steps, given: conditions)
      }
    for values in points { _ = try checked(values) }
    let endTime = run.configuration.interpolant.interpolant.endTime
    return SampleTrajectory(
      times: (0...steps).map { endTime * Double(steps - $0) / Double(steps) }, points: points,
      dimension: run.configuration.network.dimension)
  }

  func scale(_ asked: Double?) -> Double {
    asked ?? run.configuration.loss.guidance.samplingScale
  }

  func sampler<Scalar: TrainingScalar & TensorElement>(
    _ type: Scalar.Type, _ count: Int, _ threads: Int
  ) throws -> FlowMapSampler<Scalar> {
    FlowMapSampler(
      network: run.configuration.network,
      interpolant: run.configuration.interpolant.interpolant, parameters: try parameters(type),
      rows: count, pool: WorkerPool(threads: threads))
  }

  /// The parameters, or the average that stands for them.
  func parameters<Scalar: TrainingScalar & TensorElement>(
    _ type: Scalar.Type
  ) throws -> Buffer<Scalar> {
    let values = try readParameters(
      of: file, layout: run.configuration.network.layout, averageDecay: averageDecay,
      as: Scalar.self)
    let parameters = Buffer<Scalar>(count: values.count)
    for (index, value) in values.enumerated() { parameters[index] = value }
    return parameters
  }

  private func noise(_ count: Int, _ seed: UInt64) -> [Double] {
    RandomStream(seed: seed, purpose: .samplingNoise).normals(
      rows: count, draws: run.configuration.network.dimension)
  }

  func checked(_ samples: [Double]) throws -> [Double] {
    guard samples.allSatisfy(\.isFinite) else {
      throw RunSamplerError.notFinite(checkpoint: checkpoint.path)
    }
    return samples
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Files
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Training

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

  /// - Parameters:
  ///   - path: the run's folder.
  ///   - step: the checkpoint's; by default the latest.
  ///   - averageDecay: uses this average instead of the parameters.
  /// - Throws: ``RunSamplerError``, or what reading `run.json` throws.
  public init(_ path: String, step: Int? = nil, averageDecay: Double? = nil) throws {
    let layout = RunLayout(path)
    run = try ResolvedRun(of: layout)
    let checkpoints = try layout.checkpoints()
    guard let latest = checkpoints.last else { throw RunSamplerError.noCheckpoint(path: path) }
    guard let checkpoint = step.map({ step in checkpoints.first { $0.step == step } }) ?? latest
    else {
      throw RunSamplerError.unknownStep(
        path: path, step: step ?? latest.step, available: checkpoints.map(\.step))
    }
    let decays = run.configuration.averageDecays
    if let averageDecay, !decays.contains(averageDecay) {
      throw RunSamplerError.unknownAverage(path: path, decay: averageDecay, available: decays)
    }
    self.checkpoint = checkpoint
    self.averageDecay = averageDecay
  }

  /// `count` samples, row-major; sample `i` depends on the seed and on `i`, not on the count.
  ///
  /// - Parameter steps: equal steps from `T` to 0.
  /// - Throws: if the checkpoint cannot be read; ``RunSamplerError/notFinite(checkpoint:)``.
  public func samples(count: Int, steps: Int = 1, seed: UInt64 = 0, threads: Int = 1) throws
    -> [Double]
  {
    switch run.configuration.precision {
    case .float32:
      return try checked(
        try sampler(Float.self, count, threads).sample(noise(count, seed), steps: steps))
    case .float64:
      return try checked(
        try sampler(Double.self, count, threads).sample(noise(count, seed), steps: steps))
    }
  }

  /// The same samples with the noise they come from and the points after every step.
  ///
  /// - Throws: as ``samples(count:steps:seed:threads:)``.
  public func trajectory(count: Int, steps: Int = 1, seed: UInt64 = 0, threads: Int = 1) throws
    -> SampleTrajectory
  {
    let noise = noise(count, seed)
    let points: [[Double]] =
      switch run.configuration.precision {
      case .float32: try sampler(Float.self, count, threads).trajectory(noise, steps: steps)
      case .float64: try sampler(Double.self, count, threads).trajectory(noise, steps: steps)
      }
    for values in points { _ = try checked(values) }
    let endTime = run.configuration.interpolant.interpolant.endTime
    return SampleTrajectory(
      times: (0...steps).map { endTime * Double(steps - $0) / Double(steps) }, points: points,
      dimension: run.configuration.network.dimension)
  }

  private func sampler<Scalar: TrainingScalar & TensorElement>(
    _ type: Scalar.Type, _ count: Int, _ threads: Int
  ) throws -> FlowMapSampler<Scalar> {
    let network = run.configuration.network
    let values = try readParameters(
      checkpoint: checkpoint.path, layout: network.layout, averageDecay: averageDecay,
      as: Scalar.self)
    let parameters = Buffer<Scalar>(count: values.count)
    for (index, value) in values.enumerated() { parameters[index] = value }
    return FlowMapSampler(
      network: network, interpolant: run.configuration.interpolant.interpolant,
      parameters: parameters, rows: count, pool: WorkerPool(threads: threads))
  }

  private func noise(_ count: Int, _ seed: UInt64) -> [Double] {
    RandomStream(seed: seed, purpose: .samplingNoise).normals(
      rows: count, draws: run.configuration.network.dimension)
  }

  private func checked(_ samples: [Double]) throws -> [Double] {
    guard samples.allSatisfy(\.isFinite) else {
      throw RunSamplerError.notFinite(checkpoint: checkpoint.path)
    }
    return samples
  }
}

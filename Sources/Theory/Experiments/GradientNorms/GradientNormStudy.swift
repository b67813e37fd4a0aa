// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import FlowMaps
public import GroundTruth
import Measures
internal import Networks
import Training

/// Where the gradient is stopped, and how hard the training is: the norm of the gradient, step by step.
///
/// All runs train towards `s = 0`. A run that ends in a number that is not finite is part of the result.
public struct GradientNormStudy: Sendable {
  public enum Setting: String, CaseIterable, Sendable, Codable {
    /// Perceptron 3 × 64, batch 256: fine structure is learnt late or never.
    case calm
    /// Perceptron 3 × 128, batch 1024, twice the steps: the network learns higher frequencies.
    case stressed

    func configuration(
      _ objective: Objective, tangent: TangentMethod, seed: UInt64, lengthened factor: Int
    ) -> TrainingConfiguration {
      let (width, batch, steps, rate) =
        switch self {
        case .calm: (64, 256, 1000, 2e-3)
        case .stressed: (128, 1024, 2000, 1e-3)
        }
      return TrainingConfiguration(
        network: MultilayerPerceptron(width: width, depth: 3),
        loss: TrainingLoss(objective: objective, tangent: tangent), times: .endAtZero,
        schedule: .constant(rate), batch: batch, steps: factor * steps, seed: seed)
    }
  }

  /// What is trained.
  public struct Method: Sendable, Codable, Hashable {
    public let objective: Objective
    public let tangent: TangentMethod

    public init(_ objective: Objective, tangent: TangentMethod = .exact) {
      self.objective = objective
      self.tangent = tangent
    }
  }

  /// One run.
  public struct Outcome: Sendable, Codable {
    public let method: Method
    public let setting: Setting
    public let seed: UInt64
    /// Steps that were made.
    public let steps: Int
    /// Over all steps made.
    public let mean: Double
    public let variance: Double
    public let largest: Double
    /// The same over the last tenth of the steps asked for; nil if none of them was made.
    public let finalMean: Double?
    public let series: [Interval]
    /// Why the run stopped before its last step, if it did.
    public let failure: String?

    /// The steps since the interval before.
    public struct Interval: Sendable, Codable {
      public let step: Int
      public let mean: Double
      public let largest: Double
    }
  }

  /// A study that has nothing to average over.
  public struct EmptyError: Error, Equatable, CustomStringConvertible {
    public var description: String {
      "a study of gradient norms needs at least one method, one setting and one seed"
    }
  }

  public let target: GaussianMixture
  public let methods: [Method]
  public let settings: [Setting]
  public let seeds: [UInt64]
  /// Multiplies the steps of every setting.
  public let lengthened: Int

  /// - Throws: ``EmptyError`` for an empty list.
  public init(
    target: GaussianMixture, methods: [Method], settings: [Setting] = Setting.allCases,
    seeds: [UInt64], lengthened: Int = 1
  ) throws(EmptyError) {
    precondition(lengthened > 0, "a run is lengthened by a positive factor, not \(lengthened)")
    guard !methods.isEmpty, !settings.isEmpty, !seeds.isEmpty else { throw EmptyError() }
    self.target = target
    self.methods = methods
    self.settings = settings
    self.seeds = seeds
    self.lengthened = lengthened
  }

  /// Trains everything, one run a thread.
  public func run(
    threads: Int, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> [Outcome] {
    // The long runs first, so that the threads end together.
    let jobs = settings.sorted { $0 == .stressed && $1 == .calm }.flatMap { setting in
      seeds.flatMap { seed in methods.map { (setting: setting, seed: seed, method: $0) } }
    }
    return try parallelMap(jobs, threads: threads) { job in
      progress("\(job.setting.rawValue): \(job.method.objective.shortName), seed \(job.seed)")
      return try outcome(job.method, job.setting, seed: job.seed)
    }
  }

  private func outcome(_ method: Method, _ setting: Setting, seed: UInt64) throws -> Outcome {
    let configuration = setting.configuration(
      method.objective, tangent: method.tangent, seed: seed, lengthened: lengthened)
    let trainer = Trainer<Float>(configuration, source: target, pool: WorkerPool(threads: 1))
    var norms: [Double] = []
    var failure: String?
    do {
      while trainer.step < configuration.steps { norms.append(try trainer.advance().gradientNorm) }
    } catch let error as NonFiniteError {
      failure = error.description
    }
    let moments = RunningMoments(norms)
    let interval = configuration.steps / 40
    let last = norms.dropFirst(configuration.steps * 9 / 10)
    return Outcome(
      method: method, setting: setting, seed: seed, steps: norms.count, mean: moments.mean,
      variance: moments.variance, largest: norms.max() ?? .nan,
      finalMean: last.isEmpty ? nil : RunningMoments(last).mean,
      series: stride(from: 0, to: norms.count, by: interval).map { start in
        let part = norms[start..<min(start + interval, norms.count)]
        return Outcome.Interval(
          step: start + part.count, mean: RunningMoments(part).mean, largest: part.max() ?? .nan)
      }, failure: failure)
  }
}

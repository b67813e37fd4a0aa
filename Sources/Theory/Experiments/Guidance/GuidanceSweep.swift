// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
public import GroundTruth
internal import Interpolants
internal import Networks
public import Probing
public import Training

/// Networks trained with guidance of several scales, each sampled with guidance again, against the exact
/// guided velocity and flow map of the product of the two scales.
public struct GuidanceSweep: Sendable {
  /// A scale in training and one in sampling.
  public struct Pair: Sendable, Hashable, Codable {
    public let training: Double
    public let sampling: Double
    public var product: Double { training * sampling }

    public init(training: Double, sampling: Double) {
      self.training = training
      self.sampling = sampling
    }
  }

  /// What one network scores with one scale in sampling.
  public struct Outcome: Sendable, Codable, Equatable {
    public let pair: Pair
    public let seed: UInt64
    public let errors: GuidedErrors
    /// The evaluation noise carried to time 0 in one step.
    public let samples: [Double]
    /// Why the training stopped before its last step, if it did; the rest is measured where it stopped.
    public let failure: String?
  }

  public let target: GaussianMixture
  /// The settings of every run; seed and scale are replaced, the classes are the target's.
  public let configuration: TrainingConfiguration
  public let pairs: [Pair]
  public let seeds: [UInt64]
  /// Numbers of sampling steps.
  public let sampling: [Int]
  /// The truth for each product of scales, and for 1.
  public let sets: [Double: GuidedEvaluationSet]

  /// - Parameters:
  ///   - pairs: networks are trained once for each different scale in training.
  ///   - count: points of evaluation.
  /// - Throws: ``GuidanceSweepError`` for an empty list; what the configuration's check and the exact maps
  ///   throw.
  public init(
    target: GaussianMixture, configuration: TrainingConfiguration, pairs: [Pair],
    seeds: [UInt64], sampling: [Int], count: Int, threads: Int
  ) throws {
    if pairs.isEmpty { throw GuidanceSweepError.empty("pairs of scales") }
    if seeds.isEmpty { throw GuidanceSweepError.empty("seeds") }
    if sampling.isEmpty { throw GuidanceSweepError.empty("numbers of sampling steps") }
    for steps in sampling where steps < 1 { throw GuidanceSweepError.noSteps(steps) }
    guard target.labels.count > 1 else {
      throw GuidanceSweepError.oneClass(target: target.name)
    }
    var classified = configuration
    classified.network = configuration.network.with(classCount: target.classCount)
    for pair in pairs {
      var checked = classified
      checked.loss.guidance.scale = pair.training
      try checked.validate()
    }
    self.target = target
    self.configuration = classified
    self.pairs = pairs
    self.seeds = seeds
    self.sampling = sampling
    let scales = Set(pairs.map(\.product) + [1]).sorted()
    let built = try parallelMap(scales, threads: threads) { scale in
      try GuidedEvaluationSet(
        target: target, interpolant: configuration.interpolant, scale: scale, count: count)
    }
    sets = Dictionary(uniqueKeysWithValues: zip(scales, built))
  }

  /// Training steps of all networks.
  public var stepCount: Int {
    Set(pairs.map(\.training)).count * seeds.count * configuration.steps
  }

  /// Trains and measures.
  ///
  /// - Parameters:
  ///   - threads: runs side by side.
  ///   - onStep: called after every step of any run, from its thread.
  /// - Throws: `ConfigurationError`, `EngineError`.
  public func run(
    threads: Int, onStep: @escaping @Sendable () -> Void = {}
  ) throws -> [Outcome] {
    let jobs = Set(pairs.map(\.training)).sorted().flatMap { scale in
      seeds.map { (scale: scale, seed: $0) }
    }
    return try parallelMap(jobs, threads: threads) { job in
      switch configuration.precision {
      case .float32: return try outcomes(job.scale, seed: job.seed, onStep, as: Float.self)
      case .float64: return try outcomes(job.scale, seed: job.seed, onStep, as: Double.self)
      }
    }.flatMap { $0 }
  }

  private func outcomes<Scalar: TrainingScalar>(
    _ scale: Double, seed: UInt64, _ onStep: () -> Void, as type: Scalar.Type
  ) throws -> [Outcome] {
    var settings = configuration
    settings.loss.guidance.scale = scale
    settings.seed = seed
    let pool = WorkerPool(threads: 1)
    let trainer = Trainer<Scalar>(settings, source: target, pool: pool)
    var failure: String?
    do {
      for _ in 0..<settings.steps {
        try trainer.advance()
        onStep()
      }
    } catch let error as NonFiniteError {
      // Too much guidance is a finding, not an accident.
      failure = error.description
    }
    guard let conditional = sets[1] else { preconditionFailure("there is a set of scale 1") }
    let sampler = FlowMapSampler<Scalar>(
      network: settings.network, interpolant: settings.interpolant.interpolant,
      parameters: trainer.parameters, rows: conditional.count, pool: pool)
    return try pairs.filter { $0.training == scale }.map { pair in
      guard let set = sets[pair.product] else { preconditionFailure("there is a set a product") }
      return Outcome(
        pair: pair, seed: seed,
        errors: try GuidedErrors(
          set, conditional: conditional, sampler: sampler, samplingScale: pair.sampling,
          steps: sampling),
        samples: try sampler.sample(
          set.noise, given: SamplingConditions(labels: set.classes, scale: pair.sampling)),
        failure: failure)
    }
  }
}

/// A sweep that cannot be run.
public enum GuidanceSweepError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A list without entries, by its name.
  case empty(String)
  case noSteps(Int)
  case oneClass(target: String)

  public var description: String {
    switch self {
    case .empty(let list): return "guidance: the list of \(list) is empty; it needs one or more"
    case .noSteps(let steps): return "guidance: sampling takes 1 step or more, not \(steps)"
    case .oneClass(let target):
      return "guidance: target \"\(target)\" has one class; two labels or more are needed"
    }
  }
}

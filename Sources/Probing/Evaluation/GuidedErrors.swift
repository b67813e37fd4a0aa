// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import FlowMaps
internal import GroundTruth
public import Measures

/// What a class-conditional network scores on a ``GuidedEvaluationSet``.
public struct GuidedErrors: Sendable, Codable, Equatable {
  /// `E‖F(x_t;t,t) − ṽ‖²` at data of the class, the law of training.
  public let velocity: Estimate
  /// The same along the exact guided flow.
  public let carriedVelocity: Estimate
  /// `E⟨F − v*, v*(·|c) − v*⟩ / E‖v*(·|c) − v*‖²` at data of the class: the scale that explains the network's
  /// velocity best.
  public let effectiveScale: Double
  /// `E‖f − f*_ω‖²` from `T` to 0 in each of the numbers of steps asked for.
  public let map: [Estimate]

  /// - Parameters:
  ///   - set: the truth, for the scale `ω₁ ω₂` where the network was trained with `ω₁`.
  ///   - conditional: the set of the same points at scale 1.
  ///   - sampler: of as many rows as the set has.
  ///   - samplingScale: `ω₂`, guidance in sampling.
  ///   - steps: numbers of sampling steps.
  /// - Throws: `ConfigurationError`, `EngineError`.
  public init(
    _ set: GuidedEvaluationSet, conditional: GuidedEvaluationSet,
    sampler: FlowMapSampler<some EngineScalar>, samplingScale: Double, steps: [Int]
  ) throws {
    precondition(
      conditional.scale == 1 && conditional.noisy == set.noisy,
      "the conditional set is of scale \(conditional.scale) or of other points")
    let d = set.target.dimension
    let conditions = SamplingConditions(labels: set.classes, scale: samplingScale)
    let velocities = try sampler.velocity(
      set.noisy, at: set.times, given: conditions)
    velocity = meanSquaredDistance(velocities, set.velocities, dimension: d)
    carriedVelocity = meanSquaredDistance(
      try sampler.velocity(set.carried, at: set.times, given: conditions),
      set.carriedVelocities, dimension: d)
    var (product, square) = (0.0, 0.0)
    for index in velocities.indices {
      let origin = set.unconditionalVelocities[index]
      let difference = conditional.velocities[index] - origin
      product += (velocities[index] - origin) * difference
      square += difference * difference
    }
    effectiveScale = product / square
    map = try steps.map { count in
      meanSquaredDistance(
        try sampler.sample(set.noise, steps: count, given: conditions), set.mappedNoise,
        dimension: d)
    }
  }
}

/// `E‖a − b‖²` over the rows of two sets of points.
public func meanSquaredDistance(_ a: [Double], _ b: [Double], dimension: Int) -> Estimate {
  precondition(a.count == b.count, "\(a.count) and \(b.count) numbers")
  return Estimate(
    meanOf: (0..<a.count / dimension).map { row in
      (row * dimension..<(row + 1) * dimension).reduce(0) { total, index in
        total + (a[index] - b[index]) * (a[index] - b[index])
      }
    })
}

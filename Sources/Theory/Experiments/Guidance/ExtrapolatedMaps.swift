// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import GroundTruth
public import Interpolants
public import Measures
internal import Probing

/// Guidance in sampling applied to exact flow maps: what Post-CFG does where the network has nothing left to
/// learn.
///
/// In `N` steps it takes `x ← f*_∅ + ω₂ (f*_{ω₁} − f*_∅)`, both maps from `t_i` to `t_{i+1}`. To first order in the
/// step `h` this follows `v* + ω₂ (ṽ_{ω₁} − v*) = ṽ_{ω₁ω₂}`, so scales multiply as `N → ∞`. To second order a map
/// moves by `h²/2 (∂_t v + ∇v v)`. With `δ = ṽ_{ω₁} − v*` the combination of the two maps has
/// `∇v* v* + ω₂ (∇v* δ + ∇δ v* + ∇δ δ)` where the guided flow has
/// `∇v* v* + ω₂ (∇v* δ + ∇δ v*) + ω₂² ∇δ δ`. A step is therefore short of the guided map by
/// `h²/2 · ω₂ (ω₂ − 1) ∇δ δ + O(h³)`, and `N` steps by `O(1/N)`, unless `ω₂` is 0 or 1 or the classes' velocities
/// differ by a `δ` that does not change along itself.
public struct ExtrapolatedMaps: Sendable {
  private let unconditional: ExactFlowMap
  private let trained: ExactFlowMap
  private let guided: ExactFlowMap
  private let velocity: GuidedVelocity
  /// `ω₂`
  public let samplingScale: Double

  /// - Parameters:
  ///   - label: the class.
  ///   - trainingScale: `ω₁`
  ///   - samplingScale: `ω₂`
  /// - Throws: `MixtureError` for a label no component has or a scale that is not finite.
  public init(
    _ target: GaussianMixture, label: Int, trainingScale: Double, samplingScale: Double,
    interpolant: any Interpolant, relativeTolerance: Double = 1e-9
  ) throws(MixtureError) {
    velocity = try GuidedVelocity(target, label: label, scale: trainingScale)
    unconditional = ExactFlowMap(
      of: target, interpolant: interpolant, relativeTolerance: relativeTolerance)
    trained = ExactFlowMap(
      of: velocity, interpolant: interpolant, relativeTolerance: relativeTolerance)
    guided = ExactFlowMap(
      of: try GuidedVelocity(target, label: label, scale: trainingScale * samplingScale),
      interpolant: interpolant, relativeTolerance: relativeTolerance)
    self.samplingScale = samplingScale
  }

  /// One step of points, `N × d` row-major, from `t` to `s`.
  ///
  /// - Throws: `FlowMapError`.
  public func step(_ points: [Double], from t: Double, to s: Double) throws -> [Double] {
    let without = try unconditional.maps(points, from: t, to: s)
    let with = try trained.maps(points, from: t, to: s)
    return zip(without, with).map { $0 + samplingScale * ($1 - $0) }
  }

  /// The guided flow map of scale `ω₁ ω₂` from `t` to `s`.
  ///
  /// - Throws: `FlowMapError`.
  public func exact(_ points: [Double], from t: Double, to s: Double) throws -> [Double] {
    try guided.maps(points, from: t, to: s)
  }

  /// `½ ω₂ (ω₂ − 1) ∇δ δ` at one point: by how much a step of length `h` falls short of the guided map, over
  /// `h²`, as `h → 0`.
  public func leadingDifference(_ x: [Double], at time: Double) -> [Double] {
    let interpolant = unconditional.interpolant
    let marginal = velocity.marginal(at: time, interpolant)
    let delta = zip(marginal.velocity(x), marginal.unconditional.velocity(x)).map { $0 - $1 }
    let slope = zip(
      marginal.velocityJacobian(x), marginal.unconditional.velocityJacobian(x)
    ).map { zip($0, $1).map { $0 - $1 } }
    return slope.map { row in
      0.5 * samplingScale * (samplingScale - 1) * zip(row, delta).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// Noise carried from `T` to 0 in equal steps.
  ///
  /// - Throws: `FlowMapError`.
  public func sample(_ noise: [Double], steps: Int) throws -> [Double] {
    precondition(steps > 0, "sampling takes at least one step, not \(steps)")
    let end = unconditional.interpolant.endTime
    return try (0..<steps).reduce(noise) { points, index in
      try step(
        points, from: end * Double(steps - index) / Double(steps),
        to: end * Double(steps - index - 1) / Double(steps))
    }
  }

  /// `E‖f − f*_{ω₁ω₂}‖²` over noise for each number of steps, one estimate a number.
  ///
  /// - Throws: `FlowMapError`.
  public func errors(_ noise: [Double], steps: [Int]) throws -> [Estimate] {
    let end = unconditional.interpolant.endTime
    let truth = try exact(noise, from: end, to: 0)
    let dimension = velocity.mixture.dimension
    return try steps.map {
      meanSquaredDistance(try sample(noise, steps: $0), truth, dimension: dimension)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants

/// The exact velocity of classifier-free guidance on a labelled mixture,
/// `ṽ(x,t) = v*(x,t) + ω (v*(x,t|c) − v*(x,t))`, for one class `c` and one scale `ω`.
///
/// `ω = 0` is the unconditional velocity, `ω = 1` the conditional one; both exactly. With
/// `v_c = α' x + σ' z` it is the conditional expectation of `v*(x_t,t) + ω (v_c − v*(x_t,t))` given `x_t` and
/// the class, the target of guidance in training. For other scales it is the velocity of no mixture in
/// general: its flow map is integrated, ``ExactFlowMap/init(of:interpolant:relativeTolerance:)``.
///
/// Velocities are affine in scores, `v* = (α'/α) x − (σν/α) ∇log p_t`, so `ṽ` belongs to the score of
/// `p_t(x) (p_t(x|c) / p_t(x))^ω` at each time by itself. Its flow does not end in samples of
/// `p_X(x)^{1−ω} p_X(x|c)^ω`, because the powers at different times are not joined by noising.
public struct GuidedVelocity: Sendable, Equatable {
  /// The mixture of all classes.
  public let mixture: GaussianMixture
  /// The mixture given the class.
  public let conditional: GaussianMixture
  /// The class, a label of the mixture.
  public let label: Int
  /// `ω`
  public let scale: Double

  /// - Throws: ``MixtureError/unknownLabel(label:available:)`` for a label no component has,
  ///   ``MixtureError/nonFiniteGuidanceScale(value:)`` for a scale that is not finite.
  public init(
    _ mixture: GaussianMixture, label: Int, scale: Double
  ) throws(MixtureError) {
    guard scale.isFinite else { throw .nonFiniteGuidanceScale(value: scale) }
    conditional = try mixture.restricted(toLabel: label)
    self.mixture = mixture
    self.label = label
    self.scale = scale
  }

  /// `ṽ` at `time` in `[0, T]`.
  public func marginal(at time: Double, _ interpolant: any Interpolant) -> GuidedMarginal {
    GuidedMarginal(
      scale: scale, unconditional: mixture.marginal(at: time, interpolant),
      conditional: conditional.marginal(at: time, interpolant))
  }
}

/// A ``GuidedVelocity`` at one time.
public struct GuidedMarginal: Sendable {
  /// `ω`
  public let scale: Double
  /// The law of `x_t` over all classes.
  public let unconditional: MixtureMarginal
  /// The law of `x_t` given the class.
  public let conditional: MixtureMarginal

  /// `ṽ(x,t)`
  public func velocity(_ x: [Double]) -> [Double] {
    combined(unconditional.velocity(x), conditional.velocity(x))
  }

  /// `∇ṽ(x,t)`, `d × d`: entry `[i][j]` is `∂ṽ_i/∂x_j`.
  public func velocityJacobian(_ x: [Double]) -> [[Double]] {
    zip(unconditional.velocityJacobian(x), conditional.velocityJacobian(x)).map(combined)
  }

  /// `ω² Cov[v_c | x_t = x, c]`, `d × d`: the covariance that the target `v* + ω (v_c − v*)` of training has
  /// about `ṽ`.
  public func targetCovariance(_ x: [Double]) -> [[Double]] {
    conditional.velocityCovariance(x).map { row in row.map { scale * scale * $0 } }
  }

  private func combined(_ without: [Double], _ with: [Double]) -> [Double] {
    if scale == 0 { return without }
    if scale == 1 { return with }
    return zip(without, with).map { (1 - scale) * $0 + scale * $1 }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Networks
internal import Tensors

/// Guidance in training, Pre-CFG (arXiv 2505.13447, 2601.22679), with label dropout (Ho and Salimans,
/// arXiv 2207.12598).
///
/// A row that keeps its class `c` is trained with `ṽ = F(x_t; t, t, ∅) + ω (v_c − F(x_t; t, t, ∅))` in place of
/// the conditional velocity `v_c`, the gradient through `F(·, ∅)` stopped; a row whose class is dropped, with
/// `v_c` itself.
///
/// *One network for many scales.* With ``largestScale`` every row has a scale of its own, ``Conditions/guidance``,
/// which the network is told: it learns the guided flows of all of them (Meng et al., arXiv 2210.03142, and of flow maps
/// improved MeanFlow, arXiv 2512.02012). What a row without a class is told of a scale does not change what it learns.
///
/// *What the branches learn.* The null branch sees plain flow matching on `p_t` and learns
/// `F(x;t,t,∅) = v*(x,t)`. (With `ṽ` on these rows too, the fixed point `F = F + ω (v* − F)` would be the same
/// for `ω ≠ 0` and its update `ω` times as large.) The branch of `c` has `x_t ~ p_t(·|c)` and learns
/// `E[ṽ | x_t, c] = F(x;t,t,∅) + ω (v*(x,t|c) − F(x;t,t,∅))`, which is the guided velocity once the null branch has
/// learnt its own; an error `e` of the null branch enters as `(1 − ω) e`, and the target scatters about its
/// mean with covariance `ω² Cov[v_c | x_t, c]`. The teacher of self-distillation, `F(x_t; t, t, c)`, is then the
/// guided velocity already and is used as it is.
public struct Guidance: Sendable, Hashable, Codable {
  /// `ω`; 1 trains the conditional flow. With a ``largestScale`` the least.
  public var scale: Double
  /// With this the scale of each row is drawn between ``scale`` and it, uniform in the logarithm, and the network is
  /// told it; nil for one scale.
  public var largestScale: Double?
  /// The share of rows whose class is dropped, in `[0, 1)`.
  public var labelDropout: Double

  public init(scale: Double, upTo largestScale: Double? = nil, labelDropout: Double = 0.1) {
    self.scale = scale
    self.largestScale = largestScale
    self.labelDropout = labelDropout
  }

  /// The conditional flow, every class kept.
  public static let none = Guidance(scale: 1, labelDropout: 0)

  /// Whether the network is told a scale that is drawn for each row.
  public var isDrawn: Bool { largestScale != nil }

  /// The scale a trained network is measured at: that of training, of a range the geometric mean of its ends.
  public var measuredScale: Double { largestScale.map { (scale * $0).squareRoot() } ?? scale }

  /// The scale samples are drawn with where none is asked for: what a network that is told a scale is told, and no
  /// guidance on top of training for every other.
  public var samplingScale: Double { isDrawn ? measuredScale : 1 }

  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws(ConfigurationError) {
    try checkScale(scale)
    if let largestScale {
      guard scale > 0 && largestScale > scale && largestScale.isFinite else {
        throw ConfigurationError(
          setting: "range of guidance scales", value: "\(scale) to \(largestScale)",
          accepted: "two finite numbers above 0, the second the larger")
      }
    }
    guard labelDropout >= 0 && labelDropout < 1 else {
      throw ConfigurationError(
        setting: "label dropout", value: "\(labelDropout)", accepted: "a number from 0 to below 1")
    }
  }
}

// MARK: - Training

extension Guidance {
  /// The context in which the guided velocity stands for the conditional one. Where the teacher is exact, it is
  /// guided itself and nothing changes.
  func guided(_ context: ObjectiveContext) -> ObjectiveContext {
    context.replacing(
      sample: context.sample.withConditionalVelocity(
        velocity(context.flowMap, context.sample)))
  }

  /// `v_c + (ω − 1)(v_c − sg F(x_t; t, t, ∅))` where the class is kept, `v_c` where it is dropped.
  private func velocity(_ flowMap: FlowMap, _ sample: TrainingSample) -> Tensor {
    let rowScale = sample.conditions.guidance
    guard let label = sample.conditions.label, scale != 1 || rowScale != nil else {
      return sample.conditionalVelocity
    }
    let isKept = less(label, Tensor(Double(flowMap.classCount))).reshaped(to: [sample.rows, 1])
    let unconditional = flowMap.unconditional.velocity(sample.noisy, at: sample.time)
    let excess = sample.conditionalVelocity - stopGradient(unconditional)
    let share = rowScale.map { ($0 - 1) * isKept } ?? (scale - 1) * isKept
    return sample.conditionalVelocity + share * excess
  }
}

/// - Throws: `ConfigurationError` for a scale that is no finite number.
func checkScale(_ scale: Double) throws(ConfigurationError) {
  guard scale.isFinite else {
    throw ConfigurationError(
      setting: "guidance scale", value: "\(scale)", accepted: "a finite number")
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Interpolants
internal import Tensors

/// `‖F − sg(F + g)‖²` with `g` in place of the gradient `A' D_{v_c} f / ν` of the continuous-time consistency
/// loss (sCM, arXiv 2410.11081; gradient-equivalent by claim 10).
///
/// `g = (A'² (v_c − F) + r (A' A'' x − dF)) / ν²`, where `dF` is the derivative of `F` along
/// `A' A · (v_c, 1, 0)`, `r` warms up and the whole may be divided by `‖g‖ + c`; see ``Stabilizers``. For
/// TrigFlow and `s = 0` this is the published
/// `cos² t (v_c − F) − r (cos t sin t x + JVP)`. Without any stabiliser it is ``DirectSemi`` with a
/// factor `A'`, which is 1 for the linear interpolant.
struct StabilizedConsistency: ObjectiveTerm {
  var name: String { "scm" }
  var summary: String { "continuous consistency with its stabilisers (sCM)" }
  var hasTangent: Bool { true }
  var usesStabilizers: Bool { true }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let flowMap = context.flowMap
    let stabilizers = context.stabilizers
    let a = flowMap.separation(from: t, to: s)
    let field = context.field
    let scale = a.rate * a.value
    let change =
      stabilizers.rearrangesTangent
      ? flowMap.fieldTangent(
        x, from: t, to: s, along: scale * sample.conditionalVelocity, timeTangent: scale,
        method: context.tangent)
      : scale
        * flowMap.fieldTangent(
          x, from: t, to: s, along: sample.conditionalVelocity, timeRate: 1,
          method: context.tangent)
    let linearization = a.rate * a.second * x - change
    let direction =
      (a.rate * a.rate * (sample.conditionalVelocity - field)
        + context.warmUp * linearization) / (flowMap.interpolant.nu * flowMap.interpolant.nu)
    return field - stopGradient(field + stabilizers.normalized(direction))
  }
}

extension ObjectiveContext {
  /// `r`, from 0 at the start of training to 1 at the end of the warm-up.
  fileprivate var warmUp: Tensor {
    guard let share = stabilizers.tangentWarmUp else { return Tensor(1, shape: [1, 1]) }
    guard let progress else {
      fatalError("a tangent that warms up needs the progress of training, and the context has none")
    }
    return minimum(progress / share, Tensor(1, shape: progress.shape))
  }
}

/// What keeps continuous-time consistency training stable (arXiv 2410.11081). The adaptive weighting of times
/// is ``Weighting/learned(terms:)``; the time embedding belongs to the network.
public struct Stabilizers: Sendable, Hashable, Codable {
  /// The share of training in which `r` rises to 1, above 0 and at most 1; nil keeps it at 1.
  public var tangentWarmUp: Double?
  /// `c` of `g / (‖g‖ + c)`, above 0; nil leaves `g` as it is.
  public var tangentNormalization: Double?
  /// Whether `A' A` is put into the direction of the Jacobian–vector product rather than multiplied with
  /// its result, where large numbers meet small ones in low precision.
  public var rearrangesTangent: Bool

  public init(
    tangentWarmUp: Double? = nil, tangentNormalization: Double? = nil,
    rearrangesTangent: Bool = false
  ) {
    self.tangentWarmUp = tangentWarmUp
    self.tangentNormalization = tangentNormalization
    self.rearrangesTangent = rearrangesTangent
  }

  public static let none = Stabilizers()

  /// All of them, with `c = 0.1` as published; the published warm-up of 10,000 steps is given as a share.
  public static let published = Stabilizers(
    tangentWarmUp: 0.1, tangentNormalization: 0.1, rearrangesTangent: true)

  /// `g / (‖g‖ + c)`, a row's norm over its coordinates.
  fileprivate func normalized(_ g: Tensor) -> Tensor {
    guard let tangentNormalization else { return g }
    return g / (sqrt(square(g).sum([1])).reshaped(to: [g.shape[0], 1]) + tangentNormalization)
  }
}

extension Stabilizers {
  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws(ConfigurationError) {
    if let share = tangentWarmUp, !(share > 0 && share <= 1) {
      throw ConfigurationError(
        setting: "tangent warm-up", value: "\(share)",
        accepted: "a share of the steps above 0 and at most 1")
    }
    if let constant = tangentNormalization, !(constant > 0 && constant.isFinite) {
      throw ConfigurationError(
        setting: "tangent normalisation", value: "\(constant)",
        accepted: "a finite number above 0")
    }
  }
}

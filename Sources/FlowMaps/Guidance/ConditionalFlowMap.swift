// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants
public import Networks
public import Tensors

/// Flow maps of several classes on one network `F(x; t, s, c)`, `c` a class or `∅`.
///
/// Fixing the labels of the rows gives an ordinary ``FlowMap``, to which every objective, tangent and
/// sampler applies.
public struct ConditionalFlowMap: Sendable {
  /// Points and times as for ``FlowMap``, the times divided by `T`; labels `[rows]`.
  public typealias Field =
    @Sendable (
      _ noisy: Tensor, _ time: Tensor, _ endTime: Tensor, _ label: Tensor
    ) -> Tensor

  public let interpolant: any Interpolant
  /// The number that stands for `∅`.
  public let nullLabel: Int
  private let network: Field

  /// Flow maps on any function of points, normalised times and labels.
  public init(interpolant: any Interpolant, nullLabel: Int, network: @escaping Field) {
    self.interpolant = interpolant
    self.nullLabel = nullLabel
    self.network = network
  }

  /// Flow maps on a network with parameters.
  public init(
    interpolant: any Interpolant, network: some ConditionalNetwork, parameters: ParameterTensors
  ) {
    self.init(interpolant: interpolant, nullLabel: network.nullLabel) {
      network(parameters, noisy: $0, time: $1, endTime: $2, label: $3)
    }
  }

  /// The map of a class for each row.
  ///
  /// - Parameter label: `[rows]`, classes or ``nullLabel``.
  public func flowMap(given label: Tensor) -> FlowMap {
    FlowMap(interpolant: interpolant) { network($0, $1, $2, label) }
  }

  /// The map without a class.
  public func unconditional(rows: Int) -> FlowMap {
    flowMap(given: Tensor(Double(nullLabel), shape: [rows]))
  }

  /// Guidance in sampling, Post-CFG: the map whose network is
  /// `F(x; t, s, ∅) + ω (F(x; t, s, c) − F(x; t, s, ∅))`.
  ///
  /// On the diagonal this combines velocities. Trained with scale `ω₁`, `F(x; t, t, c)` is
  /// `v* + ω₁ (v*(·|c) − v*)`, and the combination `v* + ω ω₁ (v*(·|c) − v*)`: scales multiply. For `s < t` it
  /// combines displacements, which is not the displacement along the combined velocity.
  ///
  /// - Parameter scale: `ω`, a scalar tensor; 1 is ``flowMap(given:)``.
  public func guided(label: Tensor, scale: Tensor) -> FlowMap {
    let null = Tensor(Double(nullLabel), shape: label.shape)
    return FlowMap(interpolant: interpolant) { x, t, s in
      let conditional = network(x, t, s, label)
      return conditional + (scale - 1) * (conditional - network(x, t, s, null))
    }
  }
}

// MARK: - Training

extension Guidance {
  /// The context of an objective with guidance: maps given the labels, and the sample with the guided velocity
  /// for its conditional velocity. Any objective without an oracle takes it.
  ///
  /// - Parameter label: `[rows]`, classes or the null label where they are dropped.
  public func context(
    _ flowMap: ConditionalFlowMap, sample: TrainingSample, label: Tensor,
    tangent: TangentMethod = .exact
  ) -> ObjectiveContext {
    ObjectiveContext(
      flowMap: flowMap.flowMap(given: label),
      sample: sample.withConditionalVelocity(velocity(flowMap, sample, label: label)),
      tangent: tangent)
  }

  /// `v_c + (ω − 1)(v_c − sg F(x_t; t, t, ∅))` where the class is kept, `v_c` where it is dropped.
  private func velocity(
    _ flowMap: ConditionalFlowMap, _ sample: TrainingSample, label: Tensor
  ) -> Tensor {
    guard scale != 1 else { return sample.conditionalVelocity }
    let null = Double(flowMap.nullLabel)
    let isKept = less(label, Tensor(null)).reshaped(to: [sample.rows, 1])
    let unconditional = flowMap.unconditional(rows: sample.rows)
      .velocity(sample.noisy, at: sample.time)
    let excess = sample.conditionalVelocity - stopGradient(unconditional)
    return sample.conditionalVelocity + ((scale - 1) * isKept) * excess
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants
public import Networks
public import Tensors

/// A flow map built on a network `F`: `f(x; t, s) = (A'(t,s) x − A(t,s) F(x; t, s)) / ν`, for
/// `0 ≤ s ≤ t ≤ T` (theory: flow maps).
///
/// By construction `f(x; t, t) = x`, and `∂_s f(x; t, s)` at `s = t` is `F(x; t, t)`: the diagonal of `F`
/// is a velocity. Points are `[rows, d]`, times `[rows, 1]` in the interpolant's own unit; the network
/// receives times divided by `T`.
///
/// A network that is told conditions makes a map for each of them: ``given(_:)``.
public struct FlowMap: Sendable {
  /// `F` of points, normalised times and what is told about the rows.
  public typealias Field =
    @Sendable (
      _ noisy: Tensor, _ time: Tensor, _ endTime: Tensor, _ conditions: Conditions
    ) -> Tensor

  public let interpolant: any Interpolant
  /// What the network is told.
  public let conditions: Conditions
  /// The number of classes the network can be told.
  public let classCount: Int
  private let network: Field

  /// A flow map on any function of points, normalised times and conditions.
  public init(
    interpolant: any Interpolant, classCount: Int = 0, given conditions: Conditions = .none,
    network: @escaping Field
  ) {
    self.interpolant = interpolant
    self.classCount = classCount
    self.conditions = conditions
    self.network = network
  }

  /// A flow map on any function of points and normalised times.
  public init(
    interpolant: any Interpolant,
    network: @escaping @Sendable (_ noisy: Tensor, _ time: Tensor, _ endTime: Tensor) -> Tensor
  ) {
    self.init(interpolant: interpolant) { noisy, time, endTime, _ in network(noisy, time, endTime) }
  }

  /// A flow map on a network with parameters.
  public init(
    interpolant: any Interpolant, network: some Network, parameters: ParameterTensors
  ) {
    self.init(interpolant: interpolant, classCount: network.classCount) {
      noisy, time, endTime, conditions in
      network(parameters, noisy: noisy, time: time, endTime: endTime, conditions: conditions)
    }
  }

  /// The map of the conditions of each row.
  public func given(_ conditions: Conditions) -> FlowMap {
    FlowMap(
      interpolant: interpolant, classCount: classCount, given: conditions, network: network)
  }

  /// The map that is not told the class.
  public var unconditional: FlowMap { given(conditions.labelled(nil)) }

  /// Guidance in sampling, Post-CFG: the map whose network is
  /// `F(x; t, s, ∅) + ω (F(x; t, s, c) − F(x; t, s, ∅))`.
  ///
  /// On the diagonal this combines velocities. Trained with scale `ω₁`, `F(x; t, t, c)` is
  /// `v* + ω₁ (v*(·|c) − v*)`, and the combination `v* + ω ω₁ (v*(·|c) − v*)`: scales multiply. For `s < t` it
  /// combines displacements, which is not the displacement along the combined velocity.
  ///
  /// - Parameter scale: `ω`, a scalar tensor; 1 is the map itself.
  public func guided(scale: Tensor) -> FlowMap {
    FlowMap(interpolant: interpolant, classCount: classCount, given: conditions) {
      [network] x, t, s, conditions in
      let conditional = network(x, t, s, conditions)
      return conditional
        + (scale - 1) * (conditional - network(x, t, s, conditions.labelled(nil)))
    }
  }

  /// `F(x; t, s)`
  public func field(_ x: Tensor, from t: Tensor, to s: Tensor) -> Tensor {
    let scale = 1 / interpolant.endTime
    return network(x, t * scale, s * scale, conditions)
  }

  /// `F(x; t, t)`, the velocity the map starts with.
  public func velocity(_ x: Tensor, at t: Tensor) -> Tensor { field(x, from: t, to: t) }

  /// `f(x; t, s)`
  public func map(_ x: Tensor, from t: Tensor, to s: Tensor) -> Tensor {
    map(x, field: field(x, from: t, to: s), from: t, to: s)
  }

  /// `f` from a value of `F` that is already there.
  public func map(_ x: Tensor, field: Tensor, from t: Tensor, to s: Tensor) -> Tensor {
    let a = separation(from: t, to: s)
    return (a.rate * x - a.value * field) / interpolant.nu
  }

  /// `A`, `A' = ∂A/∂t` and `A''` at `(t, s)`, each `[rows, 1]`. Dual numbers over tensors take the
  /// partial derivative in `t` even where `s` is computed from `t`.
  func separation(from t: Tensor, to s: Tensor) -> (value: Tensor, rate: Tensor, second: Tensor) {
    let one = Tensor.ones(t.shape)
    let zero = Tensor.zeros(t.shape)
    let dual = interpolant.separation(
      from: Dual(Dual(t, rate: one), rate: Dual(one, rate: zero)),
      to: Dual(Dual(s, rate: zero), rate: Dual(zero, rate: zero)))
    return (dual.value.value, dual.value.rate, dual.rate.rate)
  }
}

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
public struct FlowMap: Sendable {
  public let interpolant: any Interpolant
  private let network: @Sendable (_ noisy: Tensor, _ time: Tensor, _ endTime: Tensor) -> Tensor

  /// A flow map on any function of points and normalised times.
  public init(
    interpolant: any Interpolant,
    network: @escaping @Sendable (_ noisy: Tensor, _ time: Tensor, _ endTime: Tensor) -> Tensor
  ) {
    self.interpolant = interpolant
    self.network = network
  }

  /// A flow map on a network with parameters.
  public init(
    interpolant: any Interpolant, network: some Network, parameters: ParameterTensors
  ) {
    self.init(interpolant: interpolant) { noisy, time, endTime in
      network(parameters, noisy: noisy, time: time, endTime: endTime)
    }
  }

  /// `F(x; t, s)`
  public func field(_ x: Tensor, from t: Tensor, to s: Tensor) -> Tensor {
    let scale = 1 / interpolant.endTime
    return network(x, t * scale, s * scale)
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

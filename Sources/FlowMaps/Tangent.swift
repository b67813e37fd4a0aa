// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Interpolants
public import Tensors

/// How the derivative of `F` along a direction is computed.
public enum TangentMethod: Sendable, Hashable, Codable {
  /// Forward-mode differentiation.
  case exact
  /// `[F(x + εw, t + ε, s) − F(x − εw, t − ε, s)] / 2ε`, with `ε` in the unit of `t`. Where an objective
  /// differentiates through its tangent, it differentiates through this quotient.
  case centralDifference(step: Double)
  /// As in published code for the trigonometric interpolant: `x` moves per radian, but `t` per unit of
  /// `t/T`, so that `∂_t F` counts `T` times. The two directions do not belong to one path; kept to
  /// measure what that does. With `T = 1` it is ``exact``; derivatives in `s` are exact.
  case published
}

extension FlowMap {
  /// `dF`, the derivative of `F(x; t, s)` along `(w, rate, 0)`: `x` moves with `w` (not at all if nil)
  /// and `t` with `timeRate`.
  public func fieldTangent(
    _ x: Tensor, from t: Tensor, to s: Tensor, along w: Tensor?, timeRate: Double,
    method: TangentMethod = .exact
  ) -> Tensor {
    fieldTangent(
      x, from: t, to: s, along: w, timeTangent: Tensor(timeRate, shape: t.shape), method: method)
  }

  /// The same with a rate of time for each row, `[rows, 1]`.
  func fieldTangent(
    _ x: Tensor, from t: Tensor, to s: Tensor, along w: Tensor?, timeTangent: Tensor,
    method: TangentMethod
  ) -> Tensor {
    func exact(_ timeTangent: Tensor) -> Tensor {
      derivative(
        of: field(x, from: t, to: s),
        along: [x: w ?? .zeros(x.shape), t: timeTangent, s: .zeros(s.shape)])
    }
    switch method {
    case .exact:
      return exact(timeTangent)
    case .centralDifference(let step):
      func moved(_ by: Double) -> Tensor {
        field(w.map { x + by * $0 } ?? x, from: t + by * timeTangent, to: s)
      }
      return (moved(step) - moved(-step)) / (2 * step)
    case .published:
      return exact(timeTangent * interpolant.endTime)
    }
  }

  /// `D_w f = ∂_t f + ∇_x f · w = (A'' x + A' (w − F) − A dF_w) / ν`, the rate at which the map's value
  /// changes when its starting point moves with velocity `w`.
  public func totalDerivative(
    _ x: Tensor, from t: Tensor, to s: Tensor, along w: Tensor, method: TangentMethod = .exact
  ) -> Tensor {
    let parts = totalDerivativeParts(x, from: t, to: s, along: w, method: method)
    return parts.flowMatching + parts.linearization
  }

  /// The two parts of `D_w f`: `A'(w − F) / ν`, which flow matching makes small, and
  /// `(A'' x − A dF_w) / ν`, which linearises the map along the path.
  public func totalDerivativeParts(
    _ x: Tensor, from t: Tensor, to s: Tensor, along w: Tensor, method: TangentMethod = .exact
  ) -> (flowMatching: Tensor, linearization: Tensor) {
    let a = separation(from: t, to: s)
    let tangent = fieldTangent(x, from: t, to: s, along: w, timeRate: 1, method: method)
    let nu = interpolant.nu
    return (
      a.rate * (w - field(x, from: t, to: s)) / nu, (a.second * x - a.value * tangent) / nu
    )
  }

  /// `∂_t f(x; t, s) = (A'' x − A' F − A ∂_t F) / ν`
  public func timeDerivative(
    _ x: Tensor, from t: Tensor, to s: Tensor, method: TangentMethod = .exact
  ) -> Tensor {
    let a = separation(from: t, to: s)
    let tangent = fieldTangent(x, from: t, to: s, along: nil, timeRate: 1, method: method)
    return (a.second * x - a.rate * field(x, from: t, to: s) - a.value * tangent) / interpolant.nu
  }

  /// `∇_x f(x; t, s) · w = (A' w − A ∇F · w) / ν`
  public func spatialDerivative(
    _ x: Tensor, from t: Tensor, to s: Tensor, along w: Tensor, method: TangentMethod = .exact
  ) -> Tensor {
    let a = separation(from: t, to: s)
    let tangent = fieldTangent(x, from: t, to: s, along: w, timeRate: 0, method: method)
    return (a.rate * w - a.value * tangent) / interpolant.nu
  }

  /// `∂_s f(x; t, s)`
  public func endTimeDerivative(
    _ x: Tensor, from t: Tensor, to s: Tensor, method: TangentMethod = .exact
  ) -> Tensor {
    switch method {
    case .exact, .published:
      return derivative(
        of: map(x, from: t, to: s),
        along: [x: .zeros(x.shape), t: .zeros(t.shape), s: .ones(s.shape)])
    case .centralDifference(let step):
      return (map(x, from: t, to: s + step) - map(x, from: t, to: s - step)) / (2 * step)
    }
  }

  /// The columns of `∇_x f(x; t, s)`: `d` tensors of shape `[rows, d]`.
  public func spatialJacobian(_ x: Tensor, from t: Tensor, to s: Tensor) -> [Tensor] {
    let dimension = x.shape[1]
    return (0..<dimension).map { axis in
      var basis = [Double](repeating: 0, count: dimension)
      basis[axis] = 1
      let direction = Tensor(values: basis, shape: [1, dimension]).broadcast(to: x.shape)
      return spatialDerivative(x, from: t, to: s, along: direction)
    }
  }
}

extension TangentMethod {
  /// Checks what comes from outside.
  ///
  /// - Throws: `ConfigurationError`.
  public func validate() throws(ConfigurationError) {
    if case .centralDifference(let step) = self, !(step > 0 && step <= 0.1) {
      throw ConfigurationError(
        setting: "finite-difference step", value: "\(step)",
        accepted: "a number above 0 and at most 0.1")
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Interpolants
import Networks
import RandomStreams
import Tensors

/// The exact flow map of data `x ~ N(0, σ_d² I)`, `f(x; t, s) = √(P(s)/P(t)) x` with
/// `P = α² σ_d² + σ²`, as a network whose one parameter is `σ_d`.
///
/// `F = (A' x − ν f) / A` is written without the division by `A`, so that it also holds on the diagonal.
struct GaussianFlow: Network {
  let kind: InterpolantKind
  let dimension = 2

  var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.append("deviation", [1, 1], .norm)
    return layout
  }

  func initialParameters(_ stream: RandomStream) -> [Double] { [1] }

  func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor,
    conditions: Conditions
  ) -> Tensor {
    let end = kind.interpolant.endTime
    let variance = square(parameters["deviation"])
    return noisy * slope(from: time * end, to: endTime * end, variance)
  }

  /// `F(x; t, s) / x`
  private func slope(from t: Tensor, to s: Tensor, _ variance: Tensor) -> Tensor {
    let (start, end) = (marginalVariance(at: t, variance), marginalVariance(at: s, variance))
    switch kind {
    case .linear:
      let quotient = (1 + variance) * (t + s) - 2 * variance
      return quotient / (sqrt(start) * (sqrt(start) + sqrt(end)))
    case .trigonometric:
      let numerator = (1 - variance) * sin(t + s) - sin(t - s) * start
      return numerator / (sqrt(start) * (cos(t - s) * sqrt(start) + sqrt(end)))
    }
  }

  /// `P(t)`
  func marginalVariance(at t: Tensor, _ variance: Tensor) -> Tensor {
    let interpolant = kind.interpolant
    return square(interpolant.signal(at: t)) * variance + square(interpolant.noise(at: t))
  }

  /// The flow map for one deviation.
  func flowMap(deviation: Double) -> FlowMap {
    FlowMap(
      interpolant: kind.interpolant, network: self,
      parameters: ParameterTensors(
        layout: layout, prefix: "exact", tensors: [Tensor(deviation, shape: [1, 1])]))
  }

  /// ``velocity(deviation:)`` for a context, whatever is told about the rows.
  func given(deviation: Double) -> ObjectiveContext.ExactVelocity {
    let velocity = velocity(deviation: deviation)
    return { x, t, _ in velocity(x, t) }
  }

  /// `v*(x, t) = P'/(2P) x`, from the derivative of `P` and not from the network above.
  func velocity(deviation: Double) -> @Sendable (_ x: Tensor, _ t: Tensor) -> Tensor {
    { x, t in
      let variance = marginalVariance(at: t, Tensor(deviation * deviation))
      let rate = derivative(of: variance, along: [t: .ones(t.shape)])
      return x * (rate / (2 * variance))
    }
  }
}

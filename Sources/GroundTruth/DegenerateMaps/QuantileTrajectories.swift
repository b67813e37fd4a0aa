// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
public import Interpolants

/// The exact trajectories of a mixture on the line, without integrating anything.
///
/// A flow in one dimension keeps the order of points, hence their quantiles: the trajectory of label `z`
/// passes at every time through the point `X(t, z)` below which lies the share `Φ(z)` of `p_t`. As
/// `p_T = N(0, σ(T)²)` the label is the noise itself where `σ(T) = 1`.
public struct QuantileTrajectories: Sendable {
  public let mixture: GaussianMixture
  public let interpolant: any Interpolant

  /// - Precondition: the mixture has dimension 1.
  public init(mixture: GaussianMixture, interpolant: any Interpolant) {
    precondition(mixture.dimension == 1, "quantiles order the points of a line only")
    self.mixture = mixture
    self.interpolant = interpolant
  }

  /// The trajectories' points at one time.
  public func slice(at time: Double) -> Slice {
    let (signal, noise) = (interpolant.signal(at: time), interpolant.noise(at: time))
    return Slice(
      time: time, marginal: mixture.marginal(at: time, interpolant),
      weights: mixture.components.map(\.weight),
      means: mixture.components.map { signal * $0.mean[0] },
      deviations: mixture.components.map {
        (signal * signal * $0.eigenvalues[0] + noise * noise).squareRoot()
      })
  }

  /// `p_t` on the line, with its quantiles.
  public struct Slice: Sendable {
    public let time: Double
    public let marginal: MixtureMarginal
    let weights: [Double]
    let means: [Double]
    let deviations: [Double]

    /// `X(t, z)`, to rounding.
    ///
    /// - Parameters:
    ///   - label: `z`, at most 30 in magnitude, beyond which tails vanish in double precision.
    ///   - guess: a point to start from.
    public func position(ofLabel label: Double, near guess: Double? = nil) -> Double {
      precondition(
        label.magnitude <= 30, "label \(label) lies beyond the tails of double precision")
      let wanted = log(0.5 * erfc(label.magnitude * 0.5.squareRoot()))
      // The mixture's quantile lies between those of its components.
      let quantiles = zip(means, deviations).map { $0 + $1 * label }
      guard let low = quantiles.min(), let high = quantiles.max(), low < high else {
        return quantiles[0]
      }
      return root(low, high, guess) { x in
        let (tail, density) = tail(x, isUpper: label > 0)
        let value = log(tail) - wanted
        return label > 0 ? (-value, density / tail) : (value, density / tail)
      }
    }

    /// The label `z` with `X(t, z) = x`, between −30 and 30.
    public func label(ofPosition x: Double) -> Double {
      let isUpper = tail(x, isUpper: false).tail > 0.5
      let wanted = log(tail(x, isUpper: isUpper).tail)
      return root(-30, 30, nil) { z in
        let tail = 0.5 * erfc((isUpper ? z : -z) * 0.5.squareRoot())
        let density = exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
        let value = log(tail) - wanted
        return isUpper ? (-value, density / tail) : (value, density / tail)
      }
    }

    /// The mass beyond `x` on one side, and the density there.
    private func tail(_ x: Double, isUpper: Bool) -> (tail: Double, density: Double) {
      var (mass, density) = (0.0, 0.0)
      for index in weights.indices {
        let distance = (x - means[index]) / deviations[index]
        mass += weights[index] * 0.5 * erfc((isUpper ? distance : -distance) * 0.5.squareRoot())
        density += weights[index] / deviations[index] * exp(-0.5 * distance * distance)
      }
      return (mass, density / (2 * Double.pi).squareRoot())
    }
  }
}

/// The root of an increasing function between `low` and `high`: Newton's method, bisection where it leaves
/// the bracket or stalls.
private func root(
  _ low: Double, _ high: Double, _ guess: Double?,
  _ function: (Double) -> (value: Double, slope: Double)
) -> Double {
  let scale = max(low.magnitude, high.magnitude)
  var (low, high) = (low, high)
  var x = guess.map { min(max($0, low), high) } ?? 0.5 * (low + high)
  for _ in 0..<200 {
    let (value, slope) = function(x)
    if value > 0 { high = x } else { low = x }
    let step = value / slope
    let next = x - step
    if next >= low && next <= high {
      // Newton's error squares from step to step: after one of 1e-9 only rounding is left.
      if step.magnitude <= 1e-9 * scale { return next }
      x = next
    } else {
      x = 0.5 * (low + high)
      if high - low <= 1e-15 * scale { return x }
    }
  }
  return x
}

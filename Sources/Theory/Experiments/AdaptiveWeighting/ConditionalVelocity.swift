// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth
public import Interpolants
public import RandomStreams

/// The law of `v_c` given `x_t` for data of independent coordinates, each from one mixture on the line.
///
/// Given `x_t` the coordinates of `v_c` stay independent; coordinate `j` is the mixture
/// `Σ_k r_jk N(v_jk, ν² c_k / P_k)`, with `r_jk` the responsibilities of coordinate `j` alone. A product of
/// `d` mixtures of `K` components has `K^d` components, but never needs them.
public struct ConditionalVelocity: Sendable {
  /// Coordinates that scatter. The dimension of the space may be larger.
  public let coordinates: Int
  /// Components a coordinate.
  let components: Int
  /// `r_jk`, `v_jk`, row-major by coordinate.
  let shares: [Double]
  let means: [Double]
  /// `ν² c_k / P_k`, the same for every coordinate.
  let variances: [Double]

  /// The law at a point.
  ///
  /// - Parameters:
  ///   - x: the point `x_t`, a number for each coordinate.
  ///   - time: in `[0, T]`.
  ///   - mixture: the mixture of every coordinate.
  /// - Precondition: the mixture is on the line, and `P_k > 0`.
  public init(
    at x: [Double], time: Double, of mixture: GaussianMixture, interpolant: any Interpolant
  ) {
    precondition(mixture.dimension == 1, "a coordinate has a mixture of dimension 1")
    let c = interpolant.coefficients(at: time)
    let parts = mixture.components.map { component in
      let variance = component.eigenvalues[0]
      let spread = c.signal * c.signal * variance + c.noise * c.noise
      precondition(spread > 0, "the marginal at time \(time) has no density")
      return (
        logWeight: component.logWeight - 0.5 * log(spread), mean: component.mean[0],
        spread: spread,
        slope: (c.signal * c.signalRate * variance + c.noise * c.noiseRate) / spread,
        conditional: c.nu * c.nu * variance / spread
      )
    }
    var shares: [Double] = []
    var means: [Double] = []
    for place in x {
      let exponents = parts.map { part in
        let centred = place - c.signal * part.mean
        return part.logWeight - 0.5 * centred * centred / part.spread
      }
      let largest = exponents.max() ?? 0
      let unnormalised = exponents.map { exp($0 - largest) }
      let total = unnormalised.reduce(0, +)
      shares += unnormalised.map { $0 / total }
      means += parts.map { $0.slope * (place - c.signal * $0.mean) + c.signalRate * $0.mean }
    }
    coordinates = x.count
    components = parts.count
    self.shares = shares
    self.means = means
    variances = parts.map(\.conditional)
  }

  /// `v* = E[v_c | x_t]`
  public var mean: [Double] { (0..<coordinates).map { sum($0) { share, mean, _ in share * mean } } }

  /// `Σ_jj`, the variance of each coordinate.
  public var variance: [Double] {
    mean.enumerated().map { j, centre in
      sum(j) { share, mean, variance in share * ((mean - centre) * (mean - centre) + variance) }
    }
  }

  /// `κ_j = E[(v_j − v*_j)³]`, which is zero for one Gaussian.
  public var thirdMoment: [Double] {
    mean.enumerated().map { j, centre in
      sum(j) { share, mean, variance in
        let offset = mean - centre
        return share * offset * (offset * offset + 3 * variance)
      }
    }
  }

  private func sum(
    _ coordinate: Int, _ term: (_ share: Double, _ mean: Double, _ variance: Double) -> Double
  ) -> Double {
    (0..<components).reduce(0) { total, k in
      let index = coordinate * components + k
      return total + term(shares[index], means[index], variances[k])
    }
  }

  /// Independent draws of `v_c`, row-major.
  public func samples(count: Int, stream: RandomStream) -> [Double] {
    let uniforms = stream.appending("component").uniforms(rows: count, draws: coordinates)
    var values = stream.appending("normal").normals(rows: count, draws: coordinates)
    let deviations = variances.map { $0.squareRoot() }
    for index in values.indices {
      let first = index % coordinates * components
      var rest = uniforms[index]
      var k = 0
      while k + 1 < components, rest >= shares[first + k] {
        rest -= shares[first + k]
        k += 1
      }
      values[index] = means[first + k] + deviations[k] * values[index]
    }
    return values
  }
}

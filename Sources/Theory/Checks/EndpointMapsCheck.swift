// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import GroundTruth
internal import Interpolants
internal import RandomStreams

/// Claim 17: the exact maps from noise to data of two interpolants are one map.
///
/// Put `y = x_t/c(t)` with `c = α + σ`; then `y = (1 − r) x + r z` with `r = σ/c`, the linear interpolant at
/// time `r`, whatever `α` and `σ` are. A change of time and of scale carries the conditional paths of one
/// interpolant into those of the other, hence also the marginal flow, since `E[· | x_t] = E[· | y]`:
/// `f_trig(c(t) y; t, s) = c(s) f_lin(y; r(t), r(s))`. At `T` and at 0, `c = 1`: the maps agree. In between
/// they do not, which is measured as well, at `t/T = s/T` midway.
enum EndpointMapsCheck: TheoryCheck {
  static let number = 17
  static let claim = "the maps f*(z;T,0) of both interpolants are one map"

  private static let tolerance = 1e-12

  static func run(_ session: CheckSession) throws -> [Finding] {
    try targets(session.seed).flatMap { try findings($0, session) }
  }

  /// Presets in the plane, and mixtures of other dimensions with full covariances.
  private static func targets(_ seed: UInt64) throws -> [GaussianMixture] {
    let plane = try [MixturePreset.skewed3, .ring8, .spiral].map { try $0.mixture() }
    return try plane + [1, 3, 8].map { try random(dimension: $0, seed: seed) }
  }

  private static func random(dimension d: Int, seed: UInt64) throws -> GaussianMixture {
    let stream = RandomStream(seed: seed, purpose: .check17Mixture, number: d)
    let means = stream.appending("means").normals(rows: 3, draws: d)
    let factors = stream.appending("factors").normals(rows: 3, draws: d * d)
    // G Gᵀ/4d + 0.02 I: symmetric and positive definite.
    func entry(_ k: Int, _ i: Int, _ j: Int) -> Double {
      var sum = 0.0
      for l in 0..<d {
        sum += factors[(k * d + i) * d + l] * factors[(k * d + j) * d + l]
      }
      return sum / (4 * Double(d)) + (i == j ? 0.02 : 0)
    }
    return try GaussianMixture(
      name: "three in dimension \(d)", weights: [0.5, 0.3, 0.2],
      means: (0..<3).map { Array(means[$0 * d..<($0 + 1) * d]) },
      covariances: (0..<3).map { k in
        (0..<d).map { i in (0..<d).map { j in entry(k, i, j) } }
      })
  }

  private static func findings(
    _ target: GaussianMixture, _ session: CheckSession
  ) throws -> [Finding] {
    session.progress(target.name)
    let d = target.dimension
    let linear = ExactFlowMap(
      of: target, interpolant: LinearInterpolant(), relativeTolerance: tolerance)
    let angular = ExactFlowMap(
      of: target, interpolant: TrigonometricInterpolant(), relativeTolerance: tolerance)
    let count = session.isThorough ? 512 : 32
    let noise = RandomStream(seed: session.seed, purpose: .check17Noise)
      .normals(rows: count, draws: d)
    let quarter = Double.pi / 4
    let (cosine, sine) = (cos(0.6), sin(0.6))
    var (ends, matched, midway, jacobian) = (0.0, 0.0, 0.0, 0.0)
    for row in 0..<count {
      let z = Array(noise[row * d..<(row + 1) * d])
      let (end, slope) = try linear.mapWithJacobian(z, from: 1, to: 0)
      ends.take(distance(end, try angular.map(z, from: 2 * quarter, to: 0)))
      let there = try angular.map(z, from: 2 * quarter, to: 0.6)
      let scale = cosine + sine
      matched.take(
        distance(there.map { $0 / scale }, try linear.map(z, from: 1, to: sine / scale)))
      midway.take(
        distance(
          try linear.map(z, from: 1, to: 0.5), try angular.map(z, from: 2 * quarter, to: quarter)))
      jacobian.take(slope.joined().reduce(0) { $0 + $1 * $1 }.squareRoot())
    }
    // A hundred steps' worth of errors, carried on by the map.
    let bound = 100 * tolerance * max(1, jacobian)
    return [
      Finding(
        "\(target.name): largest |f*_lin − f*_trig| at (T,0)", measured: ends, .atMost(bound)),
      Finding(
        "\(target.name): largest |f*_lin(z;1,r) − f*_trig(z;T,s)/c(s)|", measured: matched,
        .atMost(bound)),
      Finding(
        "\(target.name): largest |f*_lin − f*_trig| at (T,T/2), where they differ",
        measured: midway, .atLeast(0.01)),
    ]
  }

  private static func distance(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}

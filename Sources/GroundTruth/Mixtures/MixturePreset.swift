// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// The two-dimensional mixtures that experiments can name.
public enum MixturePreset: String, CaseIterable, Sendable, Codable {
  case single
  case two
  case four
  case ring8
  case skewed3
  case grid
  case spiral

  /// One line for lists and help.
  public var summary: String {
    switch self {
    case .single: return "one isotropic Gaussian, N(0, 1) by default"
    case .two: return "two Gaussians at (-1, 0) and (1, 0)"
    case .four: return "four Gaussians at (+-1, +-1)"
    case .ring8: return "eight Gaussians on a circle of radius 2"
    case .skewed3: return "three correlated Gaussians of unequal weights"
    case .grid: return "25 Gaussians on a 5 x 5 grid over [-2, 2]^2"
    case .spiral: return "16 Gaussians along a spiral arm, each aligned with it"
    }
  }

  /// - Parameter deviation: the standard deviation of the components; by default the preset's own. Where
  ///   they are not isotropic (`skewed3`, `spiral`) all are scaled so that it is the root mean square of
  ///   their deviations, over components by weight and over axes.
  /// - Throws: ``MixtureError`` for a deviation that is not positive and finite.
  public func mixture(deviation: Double? = nil) throws(MixtureError) -> GaussianMixture {
    switch self {
    case .single:
      return try isotropic([[0, 0]], deviation ?? 1)
    case .two:
      return try isotropic([[-1, 0], [1, 0]], deviation ?? 0.25)
    case .four:
      return try isotropic([[-1, -1], [-1, 1], [1, -1], [1, 1]], deviation ?? 0.25)
    case .ring8:
      let angles = (0..<8).map { 2 * Double.pi * Double($0) / 8 }
      return try isotropic(angles.map { [2 * cos($0), 2 * sin($0)] }, deviation ?? 0.2)
    case .skewed3:
      return try anisotropic(skewedComponents, deviation)
    case .grid:
      let ticks = [-2.0, -1, 0, 1, 2]
      return try isotropic(ticks.flatMap { x in ticks.map { [x, $0] } }, deviation ?? 0.15)
    case .spiral:
      return try anisotropic(spiralComponents, deviation)
    }
  }

  private func isotropic(
    _ means: [[Double]], _ deviation: Double
  ) throws(MixtureError) -> GaussianMixture {
    try GaussianMixture(
      name: rawValue, weights: Array(repeating: 1, count: means.count), means: means,
      deviation: deviation)
  }

  private func anisotropic(
    _ components: [PresetComponent], _ deviation: Double?
  ) throws(MixtureError) -> GaussianMixture {
    var scale = 1.0
    if let deviation {
      guard deviation > 0 && deviation.isFinite else { throw .invalidDeviation(value: deviation) }
      let meanVariance = components.reduce(0) {
        $0 + $1.weight * ($1.covariance[0][0] + $1.covariance[1][1]) / 2
      }
      let totalWeight = components.reduce(0) { $0 + $1.weight }
      scale = deviation * deviation / (meanVariance / totalWeight)
      guard scale > 0 && scale.isFinite else { throw .invalidDeviation(value: deviation) }
    }
    return try GaussianMixture(
      name: rawValue, weights: components.map(\.weight), means: components.map(\.mean),
      covariances: components.map { $0.covariance.map { $0.map { scale * $0 } } })
  }
}

private struct PresetComponent {
  let weight: Double
  let mean: [Double]
  let covariance: [[Double]]
}

private let skewedComponents = [
  PresetComponent(weight: 0.5, mean: [-1.5, 0.5], covariance: [[0.3, 0.12], [0.12, 0.1]]),
  PresetComponent(weight: 0.3, mean: [1, 1.2], covariance: [[0.08, -0.03], [-0.03, 0.2]]),
  PresetComponent(weight: 0.2, mean: [0.4, -1.6], covariance: [[0.15, 0], [0, 0.02]]),
]

/// Points at equal distances along the spiral `r = 2 θ / θ_max`, one and a half turns, nearly: the arc
/// length grows like `θ²`, so equal steps of `θ²` keep the distances equal.
private let spiralComponents = (0..<16).map { index in
  let largestAngle = 3.0 * Double.pi
  let angle = largestAngle * ((Double(index) + 1.5) / 16.5).squareRoot()
  let radius = 2 * angle / largestAngle
  let (cosine, sine) = (cos(angle), sin(angle))
  let tangent = (x: cosine - angle * sine, y: sine + angle * cosine)
  let length = (1 + angle * angle).squareRoot()
  let along = (x: tangent.x / length, y: tangent.y / length)
  let (alongVariance, acrossVariance) = (0.25 * 0.25, 0.07 * 0.07)
  let difference = alongVariance - acrossVariance
  return PresetComponent(
    weight: 1, mean: [radius * cosine, radius * sine],
    covariance: [
      [acrossVariance + difference * along.x * along.x, difference * along.x * along.y],
      [difference * along.x * along.y, acrossVariance + difference * along.y * along.y],
    ])
}

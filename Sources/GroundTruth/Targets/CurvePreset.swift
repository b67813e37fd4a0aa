// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Curves of the plane as fine mixtures of Gaussians aligned with them, a class a curve: exact targets, since
/// everything about a mixture is.
public enum CurvePreset: String, CaseIterable, Sendable, Codable {
  /// Two half circles of radius 1 about (−0.5, −0.25) and (0.5, 0.25).
  case moons
  /// Radii 1 and 2.
  case rings
  /// Five arms, `2 ρ (cos θ, sin θ)` with `ρ ~ N(1, 0.3²)` within three deviations and
  /// `θ = 2πc/5 + e^ρ/4` on arm `c`. The deviation, 0.2 by default, is that across the radius.
  case pinwheel
  /// `r (cos θ, sin θ)` with `r = 2 θ/(3π)`, `θ²` uniform up to `(3π)²`, and the same turned by half a turn.
  case twoSpirals = "two-spirals"
  /// `r (cos θ, sin θ)` with `r = 2 θ/(4.5π)` and `θ` uniform on `[1.5π, 4.5π]`: one class.
  case swissRoll = "swiss-roll"
  /// Radii 2 and 1 of equal weight, so that the inner one is twice as dense along it.
  case circles

  /// One line for lists and help.
  public var summary: String {
    switch self {
    case .moons: return "two interleaved half circles of radius 1, a class each"
    case .rings: return "two rings of radius 1 and 2 of equal density along them, a class each"
    case .pinwheel: return "five curved arms about the centre, a class each"
    case .twoSpirals: return "two interleaved spirals of one and a half turns, a class each"
    case .swissRoll: return "one spiral from radius 2/3 to 2, one and a half turns"
    case .circles: return "two rings of radius 2 and 1 with half of the data on each, a class each"
    }
  }

  /// The standard deviation across the curve, unless told otherwise.
  public var ownDeviation: Double {
    switch self {
    case .moons, .rings: return 0.08
    case .pinwheel: return 0.2
    case .twoSpirals: return 0.07
    case .swissRoll: return 0.14
    case .circles: return 0.16
    }
  }

  /// - Parameters:
  ///   - deviation: the standard deviation across the curve; by default the preset's own.
  ///   - componentsPerUnit: the number of components on a unit of length, at least 1. Along the curve each
  ///     component is as wide as the distance to the next: on a straight line their sum would be constant to
  ///     1e-8 away from its ends.
  /// - Throws: ``MixtureError`` for a deviation that is not positive and finite.
  public func mixture(
    deviation: Double? = nil, componentsPerUnit: Double = 8
  ) throws(MixtureError) -> GaussianMixture {
    precondition(
      componentsPerUnit >= 1 && componentsPerUnit.isFinite,
      "at least one component on a unit of length is needed, got \(componentsPerUnit)")
    let deviation = deviation ?? ownDeviation
    guard deviation > 0 && deviation.isFinite && deviation * deviation > 0 else {
      throw .invalidDeviation(value: deviation)
    }
    if let arms { return try mixture(of: arms, deviation, componentsPerUnit) }
    let arcs = arcs
    var (means, covariances, weights): ([[Double]], [[[Double]]], [Double]) = ([], [], [])
    var labels: [Int] = []
    for (label, arc) in arcs.enumerated() {
      let length = arc.radius * arc.extent
      let count = Int((length * componentsPerUnit).rounded(.up))
      let spacing = length / Double(count)
      let weight = self == .circles ? 1 / Double(count) : spacing
      let (across, along) = (deviation * deviation, spacing * spacing)
      for index in 0..<count {
        let angle = arc.start + arc.extent * (Double(index) + 0.5) / Double(count)
        let (c, s) = (cos(angle), sin(angle))
        means.append([arc.centre.x + arc.radius * c, arc.centre.y + arc.radius * s])
        let mixed = (across - along) * c * s
        covariances.append([
          [across * c * c + along * s * s, mixed], [mixed, across * s * s + along * c * c],
        ])
        weights.append(weight)
        labels.append(label)
      }
    }
    return try GaussianMixture(
      name: rawValue, weights: weights, means: means, covariances: covariances, labels: labels)
  }

  private var arcs: [Arc] {
    switch self {
    case .moons:
      return [
        Arc(centre: (-0.5, -0.25), radius: 1, start: 0, extent: Double.pi),
        Arc(centre: (0.5, 0.25), radius: 1, start: Double.pi, extent: Double.pi),
      ]
    case .rings:
      return [1, 2].map { Arc(centre: (0, 0), radius: $0, start: 0, extent: 2 * Double.pi) }
    case .circles:
      return [2, 1].map { Arc(centre: (0, 0), radius: $0, start: 0, extent: 2 * Double.pi) }
    case .pinwheel, .twoSpirals, .swissRoll:
      return []
    }
  }
}

private struct Arc {
  let centre: (x: Double, y: Double)
  let radius: Double
  /// In radians.
  let start: Double
  let extent: Double
}

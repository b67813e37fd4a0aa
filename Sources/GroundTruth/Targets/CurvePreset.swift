// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Curves of the plane as fine mixtures of Gaussians aligned with them, a class a curve: exact targets, since
/// everything about a mixture is.
public enum CurvePreset: String, CaseIterable, Sendable, Codable {
  case moons
  case rings

  /// One line for lists and help.
  public var summary: String {
    switch self {
    case .moons: return "two interleaved half circles of radius 1, a class each"
    case .rings: return "two rings of radius 1 and 2 of equal density along them, a class each"
    }
  }

  /// - Parameters:
  ///   - deviation: the standard deviation across the curve.
  ///   - componentsPerUnit: the number of components on a unit of length, at least 1. Along the curve each
  ///     component is as wide as the distance to the next: on a straight line their sum would be constant to
  ///     1e-8 away from its ends.
  /// - Throws: ``MixtureError`` for a deviation that is not positive and finite.
  public func mixture(
    deviation: Double = 0.08, componentsPerUnit: Double = 8
  ) throws(MixtureError) -> GaussianMixture {
    precondition(
      componentsPerUnit >= 1 && componentsPerUnit.isFinite,
      "at least one component on a unit of length is needed, got \(componentsPerUnit)")
    guard deviation > 0 && deviation.isFinite && deviation * deviation > 0 else {
      throw .invalidDeviation(value: deviation)
    }
    let arcs = arcs
    var (means, covariances, weights): ([[Double]], [[[Double]]], [Double]) = ([], [], [])
    var labels: [Int] = []
    for (label, arc) in arcs.enumerated() {
      let length = arc.radius * arc.extent
      let count = Int((length * componentsPerUnit).rounded(.up))
      let spacing = length / Double(count)
      let (across, along) = (deviation * deviation, spacing * spacing)
      for index in 0..<count {
        let angle = arc.start + arc.extent * (Double(index) + 0.5) / Double(count)
        let (c, s) = (cos(angle), sin(angle))
        means.append([arc.centre.x + arc.radius * c, arc.centre.y + arc.radius * s])
        let mixed = (across - along) * c * s
        covariances.append([
          [across * c * c + along * s * s, mixed], [mixed, across * s * s + along * c * c],
        ])
        weights.append(spacing)
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

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A curve by a parameter, with a density along the parameter.
struct CurveArm {
  /// A point, what it moves by for a unit of the parameter, and the direction of the noise across.
  struct Place {
    let x: Double
    let y: Double
    let tangent: (x: Double, y: Double)
    let across: (x: Double, y: Double)
  }

  let parameters: ClosedRange<Double>
  let density: (_ parameter: Double) -> Double
  let place: (_ parameter: Double) -> Place
}

extension CurveArm {
  /// `r (cos θ, sin θ)` with `r = speed · θ`, turned by an angle; the noise is across the curve.
  static func spiral(
    speed: Double, turn: Double = 0, angles: ClosedRange<Double>, evenInSquares: Bool
  ) -> CurveArm {
    let parameters =
      evenInSquares
      ? angles.lowerBound * angles.lowerBound...angles.upperBound * angles.upperBound : angles
    return CurveArm(parameters: parameters) { _ in
      1
    } place: { parameter in
      let angle = evenInSquares ? parameter.squareRoot() : parameter
      let rate = speed * (evenInSquares ? 0.5 / angle : 1)
      let (cosine, sine) = (cos(angle + turn), sin(angle + turn))
      let tangent = (x: cosine - angle * sine, y: sine + angle * cosine)
      let length = (1 + angle * angle).squareRoot()
      return Place(
        x: speed * angle * cosine, y: speed * angle * sine,
        tangent: (rate * tangent.x, rate * tangent.y),
        across: (-tangent.y / length, tangent.x / length))
    }
  }

  /// `scale · ρ (cos θ, sin θ)` with `ρ ~ N(1, 0.3²)` within three deviations and `θ = turn + e^ρ/4`; the noise is
  /// across the radius.
  static func blade(scale: Double, turn: Double) -> CurveArm {
    CurveArm(parameters: 0.1...1.9) { radius in
      exp(-0.5 * (radius - 1) * (radius - 1) / 0.09)
    } place: { radius in
      let bend = 0.25 * exp(radius)
      let (cosine, sine) = (cos(turn + bend), sin(turn + bend))
      let turning = radius * bend
      return Place(
        x: scale * radius * cosine, y: scale * radius * sine,
        tangent: (scale * (cosine - turning * sine), scale * (sine + turning * cosine)),
        across: (-sine, cosine))
    }
  }

  /// The length of the curve, by the midpoint rule.
  var length: Double {
    middles(1000).reduce(0) {
      let tangent = place($1).tangent
      return $0 + hypot(tangent.x, tangent.y)
    } * (parameters.upperBound - parameters.lowerBound) / 1000
  }

  /// The middles of equal cells of the parameter.
  func middles(_ count: Int) -> [Double] {
    let step = (parameters.upperBound - parameters.lowerBound) / Double(count)
    return (0..<count).map { parameters.lowerBound + step * (Double($0) + 0.5) }
  }
}

extension CurvePreset {
  /// The curves that are no arcs of circles, a class each.
  var arms: [CurveArm]? {
    switch self {
    case .moons, .rings, .circles:
      return nil
    case .pinwheel:
      return (0..<5).map { .blade(scale: 2, turn: 2 * Double.pi * Double($0) / 5) }
    case .twoSpirals:
      return [0, Double.pi].map {
        .spiral(
          speed: 2 / (3 * Double.pi), turn: $0, angles: 0...3 * Double.pi, evenInSquares: true)
      }
    case .swissRoll:
      return [
        .spiral(
          speed: 2 / (4.5 * Double.pi), angles: 1.5 * Double.pi...4.5 * Double.pi,
          evenInSquares: false)
      ]
    }
  }

  /// One component in the middle of each of equal cells of the parameter. Along the curve it is as wide as the
  /// cell, by its linearisation: in the parameter the law is its density, blurred by one cell.
  func mixture(
    of arms: [CurveArm], _ deviation: Double, _ componentsPerUnit: Double
  ) throws(MixtureError) -> GaussianMixture {
    var (means, covariances, weights): ([[Double]], [[[Double]]], [Double]) = ([], [], [])
    var labels: [Int] = []
    for (label, arm) in arms.enumerated() {
      let count = Int((arm.length * componentsPerUnit).rounded(.up))
      let cell = (arm.parameters.upperBound - arm.parameters.lowerBound) / Double(count)
      for parameter in arm.middles(count) {
        let place = arm.place(parameter)
        let along = (x: cell * place.tangent.x, y: cell * place.tangent.y)
        let across = (x: deviation * place.across.x, y: deviation * place.across.y)
        let mixed = along.x * along.y + across.x * across.y
        means.append([place.x, place.y])
        covariances.append([
          [along.x * along.x + across.x * across.x, mixed],
          [mixed, along.y * along.y + across.y * across.y],
        ])
        weights.append(arm.density(parameter) / Double(count))
        labels.append(label)
      }
    }
    return try GaussianMixture(
      name: rawValue, weights: weights, means: means, covariances: covariances, labels: labels)
  }
}

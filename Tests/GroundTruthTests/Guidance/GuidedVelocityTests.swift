// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@Suite struct GuidedVelocityTests {
  private static let scales = [-0.7, 0, 0.4, 1, 2, 5]

  /// The general mixture with labels 4, 9, 4.
  private func labelled(_ dimension: Int) throws -> GaussianMixture {
    let mixture = try generalMixture(dimension: dimension)
    return try GaussianMixture(
      weights: mixture.components.map(\.weight), means: mixture.components.map(\.mean),
      covariances: mixture.components.map(\.covariance), labels: [4, 9, 4])
  }

  @Test(
    "it is the velocity of the guided score, by differences of log-densities", arguments: scales)
  func logDensities(scale: Double) throws {
    let (mixture, x) = (try labelled(2), generalPoint(dimension: 2))
    for interpolant in interpolants {
      for share in [0.1, 0.5, 0.9] {
        let time = share * interpolant.endTime
        let c = interpolant.coefficients(at: time)
        for label in [4, 9] {
          let guided = try GuidedVelocity(mixture, label: label, scale: scale)
          let (all, part) = (
            mixture.marginal(at: time, interpolant),
            try mixture.restricted(toLabel: label).marginal(at: time, interpolant)
          )
          let want = (0..<2).map { axis in
            let score = difference(x, axis) {
              (1 - scale) * all.logDensity($0) + scale * part.logDensity($0)
            }
            return c.signalRate / c.signal * x[axis] - c.noise * c.nu / c.signal * score
          }
          let got = guided.marginal(at: time, interpolant).velocity(x)
          #expect(largestDifference(got, want) < 1e-7 * (1 + abs(scale)))
        }
      }
    }
  }

  @Test("scale 0 is the unconditional velocity and scale 1 the conditional one, exactly")
  func ends() throws {
    let (mixture, x) = (try labelled(2), generalPoint(dimension: 2))
    for interpolant in interpolants {
      let time = 0.6 * interpolant.endTime
      let none = try GuidedVelocity(mixture, label: 4, scale: 0)
      let one = try GuidedVelocity(mixture, label: 4, scale: 1)
      let conditional = try mixture.restricted(toLabel: 4)
      #expect(
        none.marginal(at: time, interpolant).velocity(x)
          == mixture.marginal(at: time, interpolant).velocity(x))
      #expect(
        one.marginal(at: time, interpolant).velocity(x)
          == conditional.marginal(at: time, interpolant).velocity(x))
      let end = interpolant.endTime
      #expect(
        try ExactFlowMap(of: none, interpolant: interpolant).map(x, from: end, to: 0)
          == ExactFlowMap(of: mixture, interpolant: interpolant).map(x, from: end, to: 0))
      #expect(
        try ExactFlowMap(of: one, interpolant: interpolant).map(x, from: end, to: 0)
          == ExactFlowMap(of: conditional, interpolant: interpolant).map(x, from: end, to: 0))
    }
  }

  @Test("guiding a guided velocity multiplies the scales", arguments: scales)
  func product(scale: Double) throws {
    let (mixture, x, second) = (try labelled(3), generalPoint(dimension: 3), 1.7)
    for interpolant in interpolants {
      let time = 0.4 * interpolant.endTime
      let first = try GuidedVelocity(mixture, label: 9, scale: scale)
        .marginal(at: time, interpolant)
      let both = try GuidedVelocity(mixture, label: 9, scale: scale * second)
        .marginal(at: time, interpolant)
      let origin = first.unconditional.velocity(x)
      let stacked = zip(origin, first.velocity(x)).map { $0 + second * ($1 - $0) }
      #expect(largestDifference(stacked, both.velocity(x)) < 1e-13 * (1 + abs(scale)))
      // Adding the excesses instead would be another velocity.
      if abs(scale - 1) > 0.1 {
        let sum = try GuidedVelocity(mixture, label: 9, scale: scale + second - 1)
          .marginal(at: time, interpolant)
        #expect(largestDifference(stacked, sum.velocity(x)) > 1e-3)
      }
    }
  }

  @Test("Jacobians of the velocity and of the flow map, by differences", arguments: [0.4, 3])
  func jacobians(scale: Double) throws {
    let (mixture, x) = (try labelled(2), generalPoint(dimension: 2))
    for interpolant in interpolants {
      let guided = try GuidedVelocity(mixture, label: 4, scale: scale)
      let marginal = guided.marginal(at: 0.5 * interpolant.endTime, interpolant)
      let map = ExactFlowMap(of: guided, interpolant: interpolant)
      let (t, s) = (0.9 * interpolant.endTime, 0.1 * interpolant.endTime)
      let (value, slope) = try map.mapWithJacobian(x, from: t, to: s)
      #expect(try largestDifference(value, map.map(x, from: t, to: s)) < 1e-10)
      for row in 0..<2 {
        for column in 0..<2 {
          let velocity = difference(x, column) { marginal.velocity($0)[row] }
          #expect(abs(velocity - marginal.velocityJacobian(x)[row][column]) < 1e-8 * (1 + scale))
          let mapped = difference(x, column) {
            (try? map.map($0, from: t, to: s)[row]) ?? .nan
          }
          #expect(abs(mapped - slope[row][column]) < 1e-7 * (1 + scale))
        }
      }
    }
  }

  @Test("the guided flow map moves with the guided velocity at its end", arguments: [0.4, 2, 5])
  func lagrangian(scale: Double) throws {
    let (mixture, x) = (try labelled(2), generalPoint(dimension: 2))
    for interpolant in interpolants {
      let guided = try GuidedVelocity(mixture, label: 4, scale: scale)
      let map = ExactFlowMap(of: guided, interpolant: interpolant)
      let (t, s) = (interpolant.endTime, 0.3 * interpolant.endTime)
      let end = try map.map(x, from: t, to: s)
      let want = guided.marginal(at: s, interpolant).velocity(end)
      let got = (0..<2).map { axis in
        difference([s], 0) { (try? map.map(x, from: t, to: $0[0])[axis]) ?? .nan }
      }
      #expect(largestDifference(got, want) < 1e-7 * (1 + scale))
      let half = try map.map(x, from: t, to: 0.6 * interpolant.endTime)
      #expect(
        try largestDifference(map.map(half, from: 0.6 * interpolant.endTime, to: s), end) < 1e-10)
    }
  }

  @Test("threads do not change a bit of guided maps")
  func threads() throws {
    let guided = try GuidedVelocity(try labelled(2), label: 9, scale: 3)
    let map = ExactFlowMap(of: guided, interpolant: LinearInterpolant())
    let points = (0..<22).map { sin(Double($0)) }
    let single = try map.maps(points, from: 1, to: 0)
    #expect(try map.maps(points, from: 1, to: 0, threads: 3) == single)
  }

  @Test("the target of training has the guided velocity for its mean and the stated covariance")
  func target() throws {
    let mixture = try labelled(1)
    let (scale, time, x) = (2.5, 0.45, [0.3])
    let guided = try GuidedVelocity(mixture, label: 4, scale: scale)
    let interpolant = LinearInterpolant()
    let marginal = guided.marginal(at: time, interpolant)
    // v_c at fixed x_t is a function of the data, x' = (x_t − σ z)/α; the posterior by quadrature over z.
    let c = interpolant.coefficients(at: time)
    let origin = marginal.unconditional.velocity(x)[0]
    let conditional = try mixture.restricted(toLabel: 4).marginal(at: 0, interpolant)
    var (mass, mean, square) = (0.0, 0.0, 0.0)
    for step in 0..<4000 {
      let z = -10 + 20 * (Double(step) + 0.5) / 4000
      let data = (x[0] - c.noise * z) / c.signal
      let weight = exp(conditional.logDensity([data]) - z * z / 2)
      let velocity = c.signalRate * data + c.noiseRate * z
      let value = origin + scale * (velocity - origin)
      mass += weight
      mean += weight * value
      square += weight * value * value
    }
    mean /= mass
    #expect(abs(mean - marginal.velocity(x)[0]) < 1e-9)
    #expect(abs(square / mass - mean * mean - marginal.targetCovariance(x)[0][0]) < 1e-9)
  }

  @Test("a class that is not there and a scale that is no number are refused")
  func refusals() throws {
    let mixture = try labelled(1)
    #expect(throws: MixtureError.unknownLabel(label: 5, available: [4, 9])) {
      try GuidedVelocity(mixture, label: 5, scale: 1)
    }
    for scale in [Double.nan, .infinity, -.infinity] {
      let error = #expect(throws: MixtureError.self) {
        try GuidedVelocity(mixture, label: 4, scale: scale)
      }
      #expect(error?.description.contains("scale must be finite, found \(scale)") == true)
    }
  }

  @Test("labels are counted in their order")
  func countedLabels() throws {
    let mixture = try labelled(2)
    let counted = mixture.withLabelsCounted
    #expect(counted.components.map(\.label) == [0, 1, 0])
    #expect(counted.components.map(\.mean) == mixture.components.map(\.mean))
    #expect(counted.components.map(\.weight) == mixture.components.map(\.weight))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

/// An interpolant that is none of the standard ones, though it takes the values of one.
private struct RenamedInterpolant: Interpolant {
  let name = "renamed"
  let endTime = Double.pi / 2
  func signal<Number: ElementaryNumber>(at time: Number) -> Number { .cos(time) }
  func noise<Number: ElementaryNumber>(at time: Number) -> Number { .sin(time) }
}

@Suite struct ExactFlowMapTests {
  @Test("a single Gaussian is carried by its closed form, data to noise and back")
  func singleGaussian() throws {
    let (mean, deviation, x) = ([0.7, -0.4], 0.3, [0.2, 1.1])
    let mixture = try GaussianMixture(weights: [2], means: [mean], deviation: deviation)
    for interpolant in interpolants {
      let map = ExactFlowMap(of: mixture, interpolant: interpolant)
      let end = interpolant.endTime
      for (t, s) in [(end, 0.0), (0.8 * end, 0.1 * end), (0, end), (0.3 * end, 0.9 * end)] {
        let (a, b) = (interpolant.coefficients(at: t), interpolant.coefficients(at: s))
        func spread(_ c: InterpolantCoefficients) -> Double {
          (c.signal * c.signal * deviation * deviation + c.noise * c.noise).squareRoot()
        }
        let factor = spread(b) / spread(a)
        let want = zip(x, mean).map { b.signal * $1 + factor * ($0 - a.signal * $1) }
        let (value, jacobian) = try map.mapWithJacobian(x, from: t, to: s)
        #expect(largestDifference(value, want) < 1e-11)
        #expect(largestDifference(jacobian.flatMap { $0 }, [factor, 0, 0, factor]) < 1e-11)
        #expect(try largestDifference(map.map(x, from: t, to: s), want) < 1e-11)
      }
    }
  }

  @Test("semigroup, inverse and the identity on the diagonal", arguments: [1, 2, 5])
  func semigroup(d: Int) throws {
    let (mixture, x) = (try generalMixture(dimension: d), generalPoint(dimension: d))
    for interpolant in interpolants {
      let map = ExactFlowMap(of: mixture, interpolant: interpolant)
      let end = interpolant.endTime
      let whole = try map.map(x, from: end, to: 0)
      let half = try map.map(x, from: end, to: 0.4 * end)
      #expect(try largestDifference(map.map(half, from: 0.4 * end, to: 0), whole) < 1e-10)
      #expect(try largestDifference(map.map(whole, from: 0, to: end), x) < 1e-10)
      #expect(try map.map(x, from: 0.3, to: 0.3) == x)
      let path = try map.trajectory(x, from: end, through: [0.4 * end, 0.4 * end, 0])
      #expect(path[0] == half && path[1] == half)
      #expect(largestDifference(path[2], whole) < 1e-10)
      #expect(try map.trajectory(x, from: end, through: []) == [])
    }
  }

  @Test("densities change by the determinant of the Jacobian", arguments: [1, 2, 5])
  func changeOfVariables(d: Int) throws {
    let (mixture, x) = (try generalMixture(dimension: d), generalPoint(dimension: d))
    for interpolant in interpolants {
      let (t, s) = (0.95 * interpolant.endTime, 0.05 * interpolant.endTime)
      let map = ExactFlowMap(of: mixture, interpolant: interpolant)
      let (value, jacobian) = try map.mapWithJacobian(x, from: t, to: s)
      let left = mixture.marginal(at: t, interpolant).logDensity(x)
      let right = mixture.marginal(at: s, interpolant).logDensity(value)
      #expect(abs(left - right - log(determinant(jacobian).magnitude)) < 1e-9)
    }
  }

  @Test("the Jacobian is the derivative of the map") func jacobian() throws {
    let (mixture, x) = (try generalMixture(dimension: 2), generalPoint(dimension: 2))
    let map = ExactFlowMap(of: mixture, interpolant: LinearInterpolant())
    let (_, jacobian) = try map.mapWithJacobian(x, from: 1, to: 0)
    for column in 0..<2 {
      var (right, left) = (x, x)
      right[column] += 1e-4
      left[column] -= 1e-4
      let (a, b) = (try map.map(right, from: 1, to: 0), try map.map(left, from: 1, to: 0))
      for row in 0..<2 { #expect(abs((a[row] - b[row]) / 2e-4 - jacobian[row][column]) < 1e-6) }
    }
  }

  @Test("linear and trigonometric endpoint maps are one map")
  func endpointMaps() throws {
    for preset in [MixturePreset.four, .ring8, .skewed3, .spiral] {
      let mixture = try preset.mixture()
      for x in [[0.3, -0.7], [1.4, 0.2], [-0.1, 2]] {
        let (linear, angle) = (LinearInterpolant(), TrigonometricInterpolant())
        let a = try ExactFlowMap(of: mixture, interpolant: linear).map(x, from: 1, to: 0)
        let b = try ExactFlowMap(of: mixture, interpolant: angle)
          .map(x, from: angle.endTime, to: 0)
        #expect(largestDifference(a, b) < 1e-8)
      }
    }
  }

  @Test("many points: any number of threads gives the bits of one point at a time")
  func threads() throws {
    let mixture = try MixturePreset.ring8.mixture()
    let map = ExactFlowMap(
      of: mixture, interpolant: LinearInterpolant(), relativeTolerance: 1e-9)
    let points = (0..<74).map { 1.5 * sin(Double($0 * $0)) }
    let want = try stride(from: 0, to: 74, by: 2).flatMap {
      try map.map([points[$0], points[$0 + 1]], from: 1, to: 0)
    }
    for threads in [1, 2, 5, 100] {
      #expect(try map.maps(points, from: 1, to: 0, threads: threads) == want)
    }
    #expect(try map.maps([], from: 1, to: 0) == [])
  }

  @Test("an interpolant of one's own is integrated like the standard one it equals")
  func generalInterpolant() throws {
    let mixture = try MixturePreset.skewed3.mixture()
    let standard = ExactFlowMap(of: mixture, interpolant: TrigonometricInterpolant())
    let own = ExactFlowMap(of: mixture, interpolant: RenamedInterpolant())
    let x = [0.4, 0.9]
    #expect(
      try largestDifference(standard.map(x, from: 1.5, to: 0), own.map(x, from: 1.5, to: 0))
        < 1e-11)
  }

  @Test("nearly degenerate data draw every point onto a mode") func degenerate() throws {
    let mixture = try GaussianMixture(
      weights: [1, 1], means: [[1, 0], [-1, 0]], deviation: 1e-6)
    let map = ExactFlowMap(of: mixture, interpolant: LinearInterpolant())
    let end = try map.map([0.3, 0.8], from: 1, to: 0)
    #expect(largestDifference(end, [1, 0]) < 5e-6)
    #expect(abs(end[1] - 0.8e-6) < 1e-10)
  }

  @Test("bad times, bad points and hopeless tolerances are refused by name")
  func errors() throws {
    let mixture = try MixturePreset.two.mixture()
    let map = ExactFlowMap(of: mixture, interpolant: LinearInterpolant())
    #expect(throws: FlowMapError.timeOutOfRange(time: 1.25, endTime: 1)) {
      try map.map([0, 0], from: 1.25, to: 0)
    }
    #expect(throws: FlowMapError.timeOutOfRange(time: -0.5, endTime: 1)) {
      try map.trajectory([0, 0], from: 1, through: [0.5, -0.5])
    }
    #expect(throws: FlowMapError.nonFinitePoint(index: 1, value: .infinity)) {
      try map.maps([0, 0, 1, .infinity], from: 1, to: 0)
    }
    let error = #expect(throws: FlowMapError.self) {
      try map.maps([0, 0, 1e300, 0, 1e301, 0], from: 1, to: 0, threads: 3)
    }
    guard case .integrationFailed(let point, 1, 0, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(point == 1)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Testing

@Suite struct MixtureMarginalTests {
  private let fractions = [0.15, 0.5, 0.85]

  @Test("score is the gradient of logDensity", arguments: [1, 2, 5]) func score(d: Int) throws {
    let (mixture, x) = (try generalMixture(dimension: d), generalPoint(dimension: d))
    for interpolant in interpolants {
      for fraction in fractions {
        let marginal = mixture.marginal(at: fraction * interpolant.endTime, interpolant)
        let want = (0..<d).map { difference(x, $0, marginal.logDensity) }
        #expect(largestDifference(marginal.score(x), want) < 1e-9)
      }
    }
  }

  @Test("velocityJacobian is the gradient of velocity", arguments: [1, 2, 5])
  func jacobian(d: Int) throws {
    let (mixture, x) = (try generalMixture(dimension: d), generalPoint(dimension: d))
    for interpolant in interpolants {
      for fraction in fractions {
        let marginal = mixture.marginal(at: fraction * interpolant.endTime, interpolant)
        for row in 0..<d {
          let want = (0..<d).map { difference(x, $0) { marginal.velocity($0)[row] } }
          #expect(largestDifference(marginal.velocityJacobian(x)[row], want) < 1e-8)
        }
      }
    }
  }

  @Test("density and velocity satisfy the continuity equation", arguments: [1, 2, 5])
  func continuity(d: Int) throws {
    let (mixture, x) = (try generalMixture(dimension: d), generalPoint(dimension: d))
    for interpolant in interpolants {
      for fraction in fractions {
        let time = fraction * interpolant.endTime
        let marginal = mixture.marginal(at: time, interpolant)
        let rate = difference([time], 0) { mixture.marginal(at: $0[0], interpolant).logDensity(x) }
        let transport = zip(marginal.velocity(x), marginal.score(x)).map { $0 * $1 }.reduce(0, +)
        let divergence = (0..<d).reduce(0) { $0 + marginal.velocityJacobian(x)[$1][$1] }
        #expect(abs(rate + transport + divergence) < 1e-8)
      }
    }
  }

  @Test("in one dimension density, velocity and covariance agree with quadrature over the data")
  func quadrature() throws {
    let mixture = try generalMixture(dimension: 1)
    let x = 0.37
    for interpolant in interpolants {
      for fraction in fractions {
        let time = fraction * interpolant.endTime
        let values = interpolant.coefficients(at: time)
        var moments = [0.0, 0, 0]
        let step = 0.001
        // The trapezoidal rule converges geometrically for such integrands.
        for index in -8000...8000 {
          let data = step * Double(index)
          let noise = (x - values.signal * data) / values.noise
          let velocity = values.signalRate * data + values.noiseRate * noise
          let prior = mixture.components.reduce(0) {
            let (mean, variance) = ($1.mean[0], $1.covariance[0][0])
            return $0 + $1.weight * exp(-(data - mean) * (data - mean) / (2 * variance))
              / (2 * Double.pi * variance).squareRoot()
          }
          let weight =
            step * prior * exp(-noise * noise / 2) / (values.noise * (2 * Double.pi).squareRoot())
          for power in 0..<3 { moments[power] += weight * pow(velocity, Double(power)) }
        }
        let (mean, square) = (moments[1] / moments[0], moments[2] / moments[0])
        let marginal = mixture.marginal(at: time, interpolant)
        #expect(abs(marginal.logDensity([x]) - log(moments[0])) < 1e-11)
        #expect(abs(marginal.velocity([x])[0] - mean) < 1e-10)
        #expect(abs(marginal.velocityCovariance([x])[0][0] - (square - mean * mean)) < 1e-9)
      }
    }
  }

  @Test("the ends are exact: data with covariance of the noise, noise with that of the data")
  func ends() throws {
    let mixture = try GaussianMixture(
      weights: [1], means: [[1, -2]], covariances: [[[0.3, 0.1], [0.1, 0.2]]])
    let x = [0.5, 0.25]
    for interpolant in interpolants {
      let start = mixture.marginal(at: 0, interpolant)
      let end = mixture.marginal(at: interpolant.endTime, interpolant)
      let rate = interpolant.coefficients(at: 0)
      let noiseVelocity = zip(x, [1.0, -2]).map { rate.signalRate * $0 + 0 * $1 }
      #expect(largestDifference(start.velocity(x), noiseVelocity) < 1e-14)
      #expect(largestDifference(start.velocityCovariance(x).flatMap { $0 }, [1, 0, 0, 1]) < 1e-14)
      #expect(largestDifference(end.score(x), [-0.5, -0.25]) < 1e-14)
      #expect(
        largestDifference(end.velocityCovariance(x).flatMap { $0 }, [0.3, 0.1, 0.1, 0.2]) < 1e-14)
      #expect(abs(end.logDensity(x) + log(2 * Double.pi) + 0.15625) < 1e-14)
    }
  }

  @Test("far points, tiny covariances and both ends stay finite, and the tiny limit is right")
  func extremes() throws {
    let means = [[1.0, 0], [-1, 0.5]]
    let tiny = try GaussianMixture(weights: [1, 1], means: means, deviation: 1e-6)
    for interpolant in interpolants {
      for fraction in [0, 1e-9, 1e-3, 0.5, 1] {
        let marginal = tiny.marginal(at: fraction * interpolant.endTime, interpolant)
        for x in [[1e3, -1e3], [0, 0], [1, 0]] {
          #expect(marginal.logDensity(x).isFinite)
          #expect(abs(marginal.responsibilities(x).reduce(0, +) - 1) < 1e-14)
          let numbers =
            marginal.score(x) + marginal.velocity(x)
            + marginal.velocityCovariance(x).joined() + marginal.velocityJacobian(x).joined()
          let allFinite = numbers.allSatisfy { $0.isFinite }
          #expect(allFinite)
          let covariance = marginal.velocityCovariance(x)
          #expect(covariance[0][0] >= 0 && covariance[1][1] >= 0)
        }
      }
    }
    // Between its modes a mixture of points has a velocity covariance of two points.
    let marginal = tiny.marginal(at: 0.5, LinearInterpolant())
    let x = [0.0, 0.125]
    #expect(largestDifference(marginal.responsibilities(x), [0.5, 0.5]) < 1e-9)
    #expect(abs(marginal.velocityCovariance(x)[0][0] - 4) < 1e-8)
  }

  @Test("the component covariance of nearly degenerate data keeps its relative accuracy")
  func noCancellation() throws {
    let mixture = try GaussianMixture(weights: [1], means: [[0.0]], deviation: 1e-6)
    let marginal = mixture.marginal(at: 0.5, LinearInterpolant())
    let want = 1e-12 / (0.25 * 1e-12 + 0.25)
    #expect(abs(marginal.velocityCovariance([0.1])[0][0] / want - 1) < 1e-14)
  }

  @Test("pointer forms equal the forms on arrays") func pointers() throws {
    let (mixture, x) = (try generalMixture(dimension: 5), generalPoint(dimension: 5))
    let marginal = mixture.marginal(at: 0.3, LinearInterpolant())
    var out = [Double](repeating: 0, count: 25)
    marginal.score(at: x, into: &out)
    #expect(Array(out.prefix(5)) == marginal.score(x))
    marginal.velocity(at: x, into: &out)
    #expect(Array(out.prefix(5)) == marginal.velocity(x))
    marginal.velocityCovariance(at: x, into: &out)
    #expect(out == marginal.velocityCovariance(x).flatMap { $0 })
    marginal.velocityJacobian(at: x, into: &out)
    #expect(out == marginal.velocityJacobian(x).flatMap { $0 })
    #expect(marginal.logDensity(at: x) == marginal.logDensity(x))
  }

  /// Against 60 digits of mpmath, of the same doubles.
  @Test("far from all components the shares keep their digits")
  func farAway() throws {
    let mixture = try GaussianMixture(
      weights: [0.5, 0.5], means: [[1e6, 0], [-1e6, 0]],
      covariances: Array(repeating: [[0.04, 0], [0, 0.04]], count: 2))
    let marginal = mixture.marginal(at: 0.999, LinearInterpolant())
    let x = [1e-3, 5e5]
    let score = marginal.score(x)
    #expect(abs(score[0] - 763.960192883048) < 1e-7)
    #expect(abs(score[1] + 501001.481922303409) < 1e-7)
    let shares = marginal.responsibilities(x)
    #expect(abs(shares[0] - 0.88121703350794084) < 1e-12)
    #expect(abs(shares[1] - 0.11878296649205916) < 1e-12)
  }
}

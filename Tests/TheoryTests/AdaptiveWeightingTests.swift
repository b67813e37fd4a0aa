// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Interpolants
import Measures
import RandomStreams
import Testing

@testable import Theory

@Suite struct AdaptiveWeightingTests {
  private func experiment() throws -> WeightingExperiment {
    WeightingExperiment(coordinate: try WeightingExperiment.skewed(), seed: 3, threads: 1)
  }

  @Test("mean and variance of the law are the velocity and covariance of the product mixture")
  func moments() throws {
    let experiment = try experiment()
    let x = [0.3, -0.8]
    let law = experiment.law(at: x)
    let marginal = try experiment.product(dimension: 2).marginal(at: 0.5, LinearInterpolant())
    let (velocity, covariance) = (marginal.velocity(x), marginal.velocityCovariance(x))
    for i in 0..<2 {
      #expect(abs(law.mean[i] - velocity[i]) < 1e-13)
      #expect(abs(law.variance[i] - covariance[i][i]) < 1e-13)
    }
    #expect(abs(covariance[0][1]) < 1e-13)
  }

  @Test("the quadrature is the expectation that an integral over the line gives")
  func quadrature() throws {
    let gaussian = try GaussianMixture(weights: [1], means: [[0]], deviation: 1)
    let law = ConditionalVelocity(
      at: [0.4], time: 0.5, of: gaussian, interpolant: LinearInterpolant())
    let (mean, deviation) = (law.mean[0], law.variance[0].squareRoot())
    let field = mean + 0.3
    for weight in [AdaptiveWeight(), AdaptiveWeight(power: 0.5, offset: 0.1)] {
      var (mass, moment) = (0.0, 0.0)
      for node in -4000...4000 {
        let v = mean + deviation * Double(node) / 400
        let u = (v - mean) / deviation
        let w = exp(-0.5 * u * u) * weight((v - field) * (v - field))
        mass += w
        moment += w * v
      }
      let found = law.weightedMean(about: [field], weight, dimension: 1)[0]
      #expect(abs(found - moment / mass) < 1e-8)
    }
  }

  @Test("the fixed point reproduces itself, and is biased against the third moment")
  func fixedPoint() throws {
    let law = try experiment().law(at: [0.4, 0.1, -0.5, 1])
    let weight = AdaptiveWeight()
    let field = law.fixedPoint(weight, dimension: 4)
    let again = law.weightedMean(about: field, weight, dimension: 4)
    for i in 0..<4 {
      #expect(abs(again[i] - field[i]) < 1e-9)
      #expect((field[i] - law.mean[i]) * law.thirdMoment[i] < 0)
    }
  }

  @Test("draws follow the law")
  func draws() throws {
    let law = try experiment().law(at: [0.6, -0.2])
    let draws = law.samples(count: 20_000, stream: RandomStream(seed: 1, purpose: "law"))
    for i in 0..<2 {
      let moments = RunningMoments(stride(from: i, to: draws.count, by: 2).map { draws[$0] })
      #expect(abs(moments.mean - law.mean[i]) < 4 * moments.standardError)
      #expect(abs(moments.variance / law.variance[i] - 1) < 0.06)
    }
  }

  @Test("the slope of a power law is its exponent")
  func slope() {
    let readings = [4, 8, 16].map { dimension in
      WeightingBias(
        dimension: dimension,
        squaredBias: [1.0, 3].map { $0 / Double(dimension * dimension) }, squaredVelocity: [2, 2])
    }
    let slope = WeightingBias.slope(readings)
    #expect(abs(slope.value + 1) < 1e-12)
    #expect(slope.standardError < 1e-12)
  }
}

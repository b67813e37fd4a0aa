// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import GroundTruth
import Interpolants
import Measures
import Networks
import Probing
import RandomStreams
import Testing

@Suite struct EvaluatorTests {
  /// A transformer starts with `F = 0`: its map is the identity, and `D_w f = w`.
  private let network = FlowMapTransformer(
    TransformerConfiguration(
      imageSize: 8, patchSize: 4, channels: 1, width: 8, depth: 1, heads: 1, classCount: 10))

  private func estimates(
    _ set: EvaluationSet, alwaysTold: Bool
  ) throws -> [Metric: Estimate] {
    let parameters = Buffer<Double>(
      network.initialParameters(RandomStream(seed: 1, purpose: "test")))
    let evaluator = Evaluator<Double>(
      network: network, parameters: parameters, set: set, alwaysTold: alwaysTold,
      pool: WorkerPool(threads: 1))
    return Dictionary(
      uniqueKeysWithValues: try evaluator.evaluate().map { ($0.metric, $0.estimate) })
  }

  private func meanSquare(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 } / Double(values.count / 64)
  }

  @Test("of the identity the LED is the mean square of the velocity, guided and not")
  func identity() throws {
    let set = try EvaluationSet(
      source: try GlyphPreset.digits.mixture(), interpolant: .linear, count: 16, guidanceScale: 1)
    let guided = try #require(set.guided)
    let estimates = try estimates(set, alwaysTold: false)
    let led = try #require(estimates[.guidedEulerianLossAtZero])
    #expect(abs(led.value / meanSquare(guided.velocities) - 1) < 1e-12)
    let plain = try #require(estimates[.eulerianLossAtZero])
    #expect(abs(plain.value / meanSquare(Array(set.velocities.prefix(16 * 64))) - 1) < 1e-12)
  }

  @Test("a network that was told a class in every row is asked nothing without one")
  func alwaysTold() throws {
    let set = try EvaluationSet(
      source: try GlyphPreset.digits.mixture(), interpolant: .linear, count: 16, guidanceScale: 1)
    #expect(set.classes.count == 16 && Set(set.classes).isSubset(of: 0..<10))
    #expect(
      Set(try estimates(set, alwaysTold: true).keys) == [
        .slicedWasserstein, .energyDistance, .fractionInsideModes, .guidedVelocityError,
        .guidedEulerianLossAtZero, .guidedMapError,
      ])
    let both = try estimates(set, alwaysTold: false)
    #expect(both[.flowMapError] != nil && both[.guidedMapError] != nil)
  }
}

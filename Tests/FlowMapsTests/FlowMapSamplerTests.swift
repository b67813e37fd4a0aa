// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Interpolants
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct FlowMapSamplerTests {
  private let pool = WorkerPool(threads: 2)

  @Test(
    "the exact flow map of a Gaussian samples it in any number of steps",
    arguments: InterpolantKind.allCases)
  func exactFlowMap(kind: InterpolantKind) throws {
    let noise = RandomStream(seed: 1, purpose: "noise").normals(rows: 70, draws: 2)
    let parameters = Buffer<Double>([0.6])
    let sampler = FlowMapSampler<Double>(
      network: GaussianFlow(kind: kind), interpolant: kind.interpolant, parameters: parameters,
      rows: 70, pool: pool)
    #expect(sampler.rows == 70 && sampler.dimension == 2)
    for steps in [1, 2, 5] {
      let samples = try sampler.sample(noise, steps: steps)
      #expect(largestDifference(samples, noise.map { 0.6 * $0 }) < 1e-13)
    }
    // Parameters are read at every call.
    parameters[0] = 2
    #expect(largestDifference(try sampler.sample(noise), noise.map { 2 * $0 }) < 1e-13)
  }

  @Test(
    "N steps are the composition of maps between the points of a uniform grid",
    arguments: InterpolantKind.allCases)
  func composition(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind, rows: 33)
    let parameters = Buffer<Double>(example.parameters.flatMap(\.values))
    let sampler = FlowMapSampler<Double>(
      network: example.network, interpolant: kind.interpolant, parameters: parameters, rows: 33,
      pool: pool)
    let map = example.flowMap.map(
      example.x.tensor, from: example.t.tensor, to: example.s.tensor)
    let end = kind.interpolant.endTime
    var expected = [example.x.values]
    for (t, s) in [(1.0, 0.75), (0.75, 0.5), (0.5, 0.25), (0.25, 0)] {
      expected.append(
        try example.values(
          [map], x: expected[expected.count - 1], t: .init(repeating: t * end, count: 33),
          s: .init(repeating: s * end, count: 33))[0])
    }
    let path = try sampler.trajectory(example.x.values, steps: 4)
    #expect(path.count == 5 && path[0] == example.x.values)
    for (got, want) in zip(path, expected) { #expect(largestDifference(got, want) < 1e-13) }
    #expect(try sampler.sample(example.x.values, steps: 4) == path[4])
    #expect(try sampler.map(path[1], from: 0.75 * end, to: 0.5 * end) == path[2])
  }

  @Test("single precision agrees with double precision to its rounding")
  func singlePrecision() throws {
    let example = FlowMapCase(.trigonometric, rows: 20)
    let vector = example.parameters.flatMap(\.values)
    let single = FlowMapSampler<Float>(
      network: example.network, interpolant: TrigonometricInterpolant(),
      parameters: Buffer(vector), rows: 20, pool: pool)
    let double = FlowMapSampler<Double>(
      network: example.network, interpolant: TrigonometricInterpolant(),
      parameters: Buffer(vector), rows: 20, pool: pool)
    let difference = largestDifference(
      try single.sample(example.x.values, steps: 3), try double.sample(example.x.values, steps: 3))
    #expect(difference < 2e-5 && difference > 0)
  }
}

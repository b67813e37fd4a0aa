// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Files
import FlowMaps
import Interpolants
import Networks
import RandomStreams
import TestSupport
import Testing

@Suite struct GuidedSamplingTests {
  private let network = MultilayerPerceptron(width: 6, depth: 2, classCount: 2)
  private let classes = [0, 1, 2, 1, 0]

  private func sampler(_ kind: InterpolantKind, threads: Int = 1) -> FlowMapSampler<Double> {
    FlowMapSampler(
      network: network, interpolant: kind.interpolant,
      parameters: Buffer(network.initialParameters(RandomStream(seed: 2, purpose: "test"))),
      rows: 5, pool: WorkerPool(threads: threads))
  }

  private func guided(_ scale: Double) -> SamplingConditions {
    SamplingConditions(labels: classes, scale: scale)
  }

  private var points: [Double] {
    var numbers = TestNumbers(seed: 8)
    return numbers.array(10, in: -2...2)
  }

  @Test("a map to its own time is the identity, and its small steps move with the velocity")
  func diagonal() throws {
    for kind in InterpolantKind.allCases {
      let (sampler, t) = (sampler(kind), 0.6)
      #expect(
        try relativeDifference(
          sampler.map(points, from: t, to: t, given: guided(3)), points) < 1e-14)
      let velocity = try sampler.velocity(
        points, at: Array(repeating: t, count: 5), given: guided(3))
      let sides = try [1e-4, -1e-4].map {
        try sampler.map(points, from: t, to: t + $0, given: guided(3))
      }
      let got = zip(sides[0], sides[1]).map { ($0 - $1) / 2e-4 }
      #expect(relativeDifference(got, velocity) < 1e-6)
    }
  }

  @Test("guidance is affine in its scale, and does nothing to rows without a class")
  func affine() throws {
    let sampler = sampler(.linear)
    func mapped(_ scale: Double) throws -> [Double] {
      try sampler.map(points, from: 0.9, to: 0.2, given: guided(scale))
    }
    let (zero, one, four) = (try mapped(0), try mapped(1), try mapped(4))
    #expect(relativeDifference(four, zip(zero, one).map { $0 + 4 * ($1 - $0) }) < 1e-13)
    // Without a class the two branches differ by rounding alone.
    for row in 0..<5 {
      let change = abs(four[2 * row] - one[2 * row])
      #expect(classes[row] == 2 ? change < 1e-14 : change > 1e-3)
    }
  }

  @Test("samples in steps are maps one after another, with any number of threads")
  func steps() throws {
    let kind = InterpolantKind.trigonometric
    let end = kind.interpolant.endTime
    let sampler = sampler(kind)
    let half = try sampler.map(points, from: end, to: end / 2, given: guided(2))
    let want = try sampler.map(half, from: end / 2, to: 0, given: guided(2))
    #expect(try sampler.sample(points, steps: 2, given: guided(2)) == want)
    let other = self.sampler(kind, threads: 3)
    #expect(try other.sample(points, steps: 2, given: guided(2)) == want)
  }

  @Test("a label out of range and a scale that is no number are refused")
  func refusals() throws {
    let sampler = sampler(.linear)
    #expect(
      throws: ConfigurationError(
        setting: "label of row 1", value: "3", accepted: "a class from 0 to 1, or 2 for none")
    ) {
      try sampler.sample(points, given: SamplingConditions(labels: [0, 3, 0, 0, 0]))
    }
    #expect(
      throws: ConfigurationError(
        setting: "label of row 0", value: "-1", accepted: "a class from 0 to 1, or 2 for none")
    ) {
      try sampler.sample(points, given: SamplingConditions(labels: [-1, 0, 0, 0, 0]))
    }
    #expect(throws: ConfigurationError.self) {
      try sampler.sample(points, given: guided(.nan))
    }
  }
}

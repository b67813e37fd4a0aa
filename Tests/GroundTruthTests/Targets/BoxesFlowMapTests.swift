// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Foundation
import GroundTruth
import Interpolants
import RandomStreams
import Testing

@Suite struct BoxesFlowMapTests {
  @Test("A mixture's own velocity is that of its marginals, and so is its flow")
  func mixture() throws {
    let mixture = try MixturePreset.skewed3.mixture()
    for interpolant in interpolants {
      let general = ExactFlowMap(of: Renamed(mixture: mixture), interpolant: interpolant)
      let special = ExactFlowMap(of: mixture, interpolant: interpolant)
      let (t, x) = (interpolant.endTime, [0.4, -0.8])
      let (left, right) = (
        try general.mapWithJacobian(x, from: t, to: 0),
        try special.mapWithJacobian(x, from: t, to: 0)
      )
      #expect(largestDifference(left.value, right.value) < 1e-12)
      #expect(
        largestDifference(left.jacobian.flatMap { $0 }, right.jacobian.flatMap { $0 }) < 1e-10)
    }
  }

  @Test("For one interval it is the monotone map of the distribution functions")
  func interval() throws {
    let target = try UniformBoxes(lower: [[-0.5]], upper: [[1.5]])
    for interpolant in interpolants {
      let map = ExactFlowMap(of: target, interpolant: interpolant, relativeTolerance: 1e-10)
      for z in [-1.7, -0.3, 0, 1.2] {
        // The flow of a law on the line keeps the share of probability below a point.
        let want = -0.5 + 2 * 0.5 * erfc(-z / 2.0.squareRoot())
        let found = try map.map([z], from: interpolant.endTime, to: 0)
        #expect(abs(found[0] - want) < 1e-7)
        let between = try map.map([z], from: interpolant.endTime, to: 0.01)
        let back = try map.map(between, from: 0.01, to: interpolant.endTime)
        #expect(abs(back[0] - z) < 1e-6)
      }
    }
  }

  @Test("Noise flows into the squares of the board, evenly, and there and back is the identity")
  func checkerboard() throws {
    let board = try UniformBoxes.checkerboard()
    let map = ExactFlowMap(
      of: board, interpolant: LinearInterpolant(), relativeTolerance: 1e-7)
    let count = 200
    let noise = RandomStream(seed: 3, purpose: "noise").normals(rows: count, draws: 2)
    let ends = try map.maps(noise, from: 1, to: 0, threads: 2)
    #expect(try map.maps(noise, from: 1, to: 0) == ends)
    var hits = [Int](repeating: 0, count: 8)
    for row in 0..<count {
      let point = [ends[2 * row], ends[2 * row + 1]]
      // To the tolerance: the flow ends at a corner or an edge at worst.
      let box = board.boxes.firstIndex { box in
        zip(point, zip(box.lower, box.upper)).allSatisfy { value, bounds in
          value > bounds.0 - 1e-5 && value < bounds.1 + 1e-5
        }
      }
      #expect(box != nil)
      if let box { hits[box] += 1 }
    }
    // 25 expected, deviation 4.7.
    #expect(hits.allSatisfy { $0 > 5 && $0 < 48 })
    let x = [0.3, -1.1]
    let there = try map.map(x, from: 1, to: 0.1)
    #expect(largestDifference(try map.map(there, from: 0.1, to: 1), x) < 1e-4)
  }
}

/// A mixture that keeps its fast velocity to itself.
private struct Renamed: ExactTarget {
  let mixture: GaussianMixture
  var name: String { mixture.name }
  var dimension: Int { mixture.dimension }
  var labels: [Int] { mixture.labels }

  func marginal(at time: Double, _ interpolant: any Interpolant) -> MixtureMarginal {
    mixture.marginal(at: time, interpolant)
  }

  func isInside(_ x: [Double]) -> Bool { mixture.isInside(x) }

  func filler(seed: UInt64) -> RowFiller<Float> { mixture.filler(seed: seed) }

  func filler(seed: UInt64) -> RowFiller<Double> { mixture.filler(seed: seed) }

  func restricted(toLabel label: Int) throws -> Renamed {
    Renamed(mixture: try mixture.restricted(toLabel: label))
  }

  func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    mixture.labelledSamples(count: count, stream: stream)
  }
}

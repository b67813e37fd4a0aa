// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct FlowMapTests {
  @Test("f(x; t, t) = x whatever the network is", arguments: InterpolantKind.allCases)
  func identityOnTheDiagonal(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (x, t) = (example.x.tensor, example.t.tensor)
    let y = try example.values([example.flowMap.map(x, from: t, to: t)])[0]
    #expect(largestDifference(y, example.x.values) < 1e-15)
  }

  @Test("with F = v_c the map leads from x_t to x_s", arguments: InterpolantKind.allCases)
  func conditionalVelocityGivesTheConditionalPath(kind: InterpolantKind) throws {
    let interpolant = kind.interpolant
    let data = Argument("data", [2, 2], [0.3, -1.2, 2, 0.7])
    let noise = Argument("noise", [2, 2], [1.1, 0.4, -0.6, -0.2])
    let times = [0.9, 0.35].map { $0 * interpolant.endTime }
    let t = Argument("t", [2, 1], times)
    let s = Argument("s", [2, 1], times.map { 0.4 * $0 })
    let sample = TrainingSample(
      interpolant: interpolant, data: data.tensor, noise: noise.tensor, time: t.tensor,
      endTime: s.tensor, fraction: t.tensor)
    let flowMap = FlowMap(interpolant: interpolant) { _, _, _ in sample.conditionalVelocity }
    let mapped = flowMap.map(sample.noisy, from: t.tensor, to: s.tensor)
    let y = try evaluate([mapped], [data, noise, t, s])[0]
    let expected = (0..<2).flatMap { row -> [Double] in
      let range = 2 * row..<2 * row + 2
      let (point, noise) = (Array(data.values[range]), Array(noise.values[range]))
      return interpolant.noisy(data: point, noise: noise, at: s.values[row])
    }
    #expect(largestDifference(y, expected) < 1e-14)
  }

  @Test("∂_s f at s = t is F(x; t, t)", arguments: InterpolantKind.allCases)
  func diagonalIsVelocity(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (x, t, s) = (example.x.tensor, example.t.tensor, example.s.tensor)
    let flowMap = example.flowMap
    let slope = derivative(of: flowMap.map(x, from: t, to: s), along: [s: .ones(s.shape)])
    let values = try example.values([slope, flowMap.velocity(x, at: t)], s: example.t.values)
    #expect(largestDifference(values[0], values[1]) < 1e-14)
    #expect(values[1].contains { abs($0) > 0.1 })
    // By differences as well, on both sides of the diagonal.
    let h = 1e-5
    let ends = try [h, -h].map { step in
      try example.values(
        [flowMap.map(x, from: t, to: s)], s: example.t.values.map { $0 + step })[0]
    }
    let quotient = zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) }
    #expect(largestDifference(quotient, values[1]) < 1e-8)
  }

  @Test("the network receives times divided by T", arguments: InterpolantKind.allCases)
  func normalisedTimes(kind: InterpolantKind) throws {
    let interpolant = kind.interpolant
    let flowMap = FlowMap(interpolant: interpolant) { x, time, endTime in
      x * time + 10 * endTime
    }
    let x = Argument("x", [1, 2], [2, 3])
    let t = Argument("t", [1, 1], [0.75 * interpolant.endTime])
    let s = Argument("s", [1, 1], [0.25 * interpolant.endTime])
    let outputs = [
      flowMap.field(x.tensor, from: t.tensor, to: s.tensor),
      flowMap.velocity(x.tensor, at: t.tensor),
    ]
    let values = try evaluate(outputs, [x, t, s])
    #expect(largestDifference(values[0], [4, 4.75]) < 1e-14)
    #expect(largestDifference(values[1], [9, 9.75]) < 1e-14)
  }

  @Test("a map from a value of F at hand is the map", arguments: InterpolantKind.allCases)
  func mapFromField(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (x, t, s) = (example.x.tensor, example.t.tensor, example.s.tensor)
    let field = example.flowMap.field(x, from: t, to: s)
    let values = try example.values([
      example.flowMap.map(x, field: field, from: t, to: s), example.flowMap.map(x, from: t, to: s),
      field,
    ])
    #expect(values[0] == values[1])
    let expected = (0..<10).map { (index: Int) -> Double in
      let (t, s) = (example.t.values[index / 2], example.s.values[index / 2])
      let (x, field) = (example.x.values[index], values[2][index])
      switch kind {
      case .linear: return x - (t - s) * field
      case .trigonometric: return cos(t - s) * x - sin(t - s) * field
      }
    }
    #expect(largestDifference(values[0], expected) < 1e-14)
  }

  @Test(
    "A, A' and A'' are partial derivatives in t, also where s is computed from t",
    arguments: InterpolantKind.allCases)
  func separation(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (t, s) = (example.t.tensor, example.t.tensor * 0.25)
    let a = example.flowMap.separation(from: t, to: s)
    let values = try example.values([a.value, a.rate, a.second])
    for (row, t) in example.t.values.enumerated() {
      let gap = 0.75 * t
      let expected =
        kind == .linear ? [gap, 1, 0] : [sin(gap), cos(gap), -sin(gap)]
      #expect(largestDifference(values.map { $0[row] }, expected) < 1e-15)
    }
  }
}

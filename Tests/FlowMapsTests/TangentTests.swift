// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct TangentTests {
  private struct Tensors {
    let x: Tensor
    let t: Tensor
    let s: Tensor
    let w: Tensor
    let map: Tensor

    init(_ example: FlowMapCase) {
      (x, t, s, w) = (example.x.tensor, example.t.tensor, example.s.tensor, example.w.tensor)
      map = example.flowMap.map(x, from: t, to: s)
    }

    func derivativeOfMap(x dx: Tensor?, t dt: Double) -> Tensor {
      derivative(
        of: map,
        along: [
          x: dx ?? .zeros(x.shape), t: Tensor(dt, shape: t.shape), s: .zeros(s.shape),
        ])
    }
  }

  @Test(
    "D_w f, ∂_t f and ∇f·w are the derivatives of the map itself",
    arguments: InterpolantKind.allCases)
  func derivativesOfTheMap(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (flowMap, at) = (example.flowMap, Tensors(example))
    let values = try example.values([
      flowMap.totalDerivative(at.x, from: at.t, to: at.s, along: at.w),
      at.derivativeOfMap(x: at.w, t: 1),
      flowMap.timeDerivative(at.x, from: at.t, to: at.s), at.derivativeOfMap(x: nil, t: 1),
      flowMap.spatialDerivative(at.x, from: at.t, to: at.s, along: at.w),
      at.derivativeOfMap(x: at.w, t: 0),
    ])
    for pair in 0..<3 {
      #expect(largestDifference(values[2 * pair], values[2 * pair + 1]) < 1e-13)
    }
    let sum = zip(values[2], values[4]).map { $0 + $1 }
    #expect(largestDifference(values[0], sum) < 1e-13)
  }

  @Test("D_w f is the rate of change found by differences", arguments: InterpolantKind.allCases)
  func differences(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let at = Tensors(example)
    let exact = try example.values([
      example.flowMap.totalDerivative(at.x, from: at.t, to: at.s, along: at.w)
    ])[0]
    let h = 1e-5
    let ends = try [h, -h].map { step in
      try example.values(
        [at.map], x: zip(example.x.values, example.w.values).map { $0 + step * $1 },
        t: example.t.values.map { $0 + step })[0]
    }
    let quotient = zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) }
    #expect(largestDifference(quotient, exact) < 1e-8)
  }

  @Test(
    "the parts of D_w f are those of its formula, and add up", arguments: InterpolantKind.allCases)
  func parts(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (flowMap, at) = (example.flowMap, Tensors(example))
    for method in [TangentMethod.exact, .centralDifference(step: 0.01)] {
      let parts = flowMap.totalDerivativeParts(
        at.x, from: at.t, to: at.s, along: at.w, method: method)
      let tangent = flowMap.fieldTangent(
        at.x, from: at.t, to: at.s, along: at.w, timeRate: 1, method: method)
      let total = flowMap.totalDerivative(
        at.x, from: at.t, to: at.s, along: at.w, method: method)
      let field = flowMap.field(at.x, from: at.t, to: at.s)
      let values = try example.values([
        parts.flowMatching, parts.linearization, total, field, tangent,
      ])
      for index in 0..<10 {
        let gap = example.t.values[index / 2] - example.s.values[index / 2]
        let mismatch = example.w.values[index] - values[3][index]
        let (x, tangent) = (example.x.values[index], values[4][index])
        let expected: (Double, Double) =
          switch kind {
          case .linear: (mismatch, -gap * tangent)
          case .trigonometric: (cos(gap) * mismatch, -sin(gap) * (x + tangent))
          }
        #expect(abs(values[0][index] - expected.0) < 1e-13)
        #expect(abs(values[1][index] - expected.1) < 1e-13)
        #expect(abs(values[2][index] - expected.0 - expected.1) < 1e-13)
      }
    }
  }

  @Test(
    "central differences err with the square of the step, for every derivative",
    arguments: InterpolantKind.allCases)
  func centralDifferenceSlope(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (flowMap, at) = (example.flowMap, Tensors(example))
    func outputs(_ method: TangentMethod) -> [Tensor] {
      [
        flowMap.totalDerivative(at.x, from: at.t, to: at.s, along: at.w, method: method),
        flowMap.timeDerivative(at.x, from: at.t, to: at.s, method: method),
        flowMap.spatialDerivative(at.x, from: at.t, to: at.s, along: at.w, method: method),
        flowMap.endTimeDerivative(at.x, from: at.t, to: at.s, method: method),
      ]
    }
    let exact = try example.values(outputs(.exact))
    let steps = [0.02, 0.01, 0.005]
    let errors = try steps.map { step in
      try zip(exact, example.values(outputs(.centralDifference(step: step)))).map {
        largestDifference($0, $1)
      }
    }
    for quantity in exact.indices {
      for index in 1..<steps.count {
        let slope = log2(errors[index - 1][quantity] / errors[index][quantity])
        #expect(abs(slope - 2) < 0.05, "quantity \(quantity): slope \(slope)")
      }
    }
  }

  @Test("∂_s f is the derivative of the map in s", arguments: InterpolantKind.allCases)
  func endTime(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let at = Tensors(example)
    let exact = try example.values([
      example.flowMap.endTimeDerivative(at.x, from: at.t, to: at.s)
    ])[0]
    let h = 1e-5
    let ends = try [h, -h].map { step in
      try example.values([at.map], s: example.s.values.map { $0 + step })[0]
    }
    let quotient = zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) }
    #expect(largestDifference(quotient, exact) < 1e-8)
  }

  @Test("the columns of ∇f are derivatives along the axes", arguments: InterpolantKind.allCases)
  func spatialJacobian(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let at = Tensors(example)
    let columns = example.flowMap.spatialJacobian(at.x, from: at.t, to: at.s)
    #expect(columns.count == 2)
    let values = try example.values(columns)
    let h = 1e-5
    for axis in 0..<2 {
      let ends = try [h, -h].map { step in
        try example.values(
          [at.map],
          x: example.x.values.enumerated().map { $0 % 2 == axis ? $1 + step : $1 })[0]
      }
      let quotient = zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) }
      #expect(largestDifference(quotient, values[axis]) < 1e-8)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct ImprovedSelfDistillationTests {
  @Test(
    "the target and the velocity in it are stopped, for exact and difference tangents",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    for tangent in [TangentMethod.exact, .centralDifference(step: 0.005)] {
      try example.expect(
        .improvedSelfDistillation, tangent: tangent,
        equals: { target in
          let change = target.totalDerivative(
            x, from: t, to: s, along: target.velocity(x, at: t), method: tangent)
          return squaredNorm(
            example.online.field(x, from: t, to: s) - target.field(x, from: t, to: s) - change)
        })
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct LagrangianSelfDistillationTests {
  @Test("the velocity at the end of the map is stopped", arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let motion = derivative(
      of: example.online.map(x, from: t, to: s), along: [s: .ones(s.shape)])
    try example.expect(
      .lagrangianSelfDistillation,
      equals: { target in
        squaredNorm(motion - target.field(target.map(x, from: t, to: s), from: s, to: s))
      })
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct EulerianSelfDistillationUnstoppedTests {
  @Test(
    "the velocity alone is stopped: gradients flow through the spatial derivative",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    try example.expect(
      .eulerianSelfDistillationUnstopped,
      equals: { target in
        let velocity = target.velocity(x, at: t)
        let transport = example.online.spatialDerivative(x, from: t, to: s, along: velocity)
        return squaredNorm(example.online.timeDerivative(x, from: t, to: s) + transport)
      })
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct DirectFullTests {
  @Test(
    "the loss is the squared derivative of the map along v_c, gradients flowing everywhere",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    // The sample is passed as inputs of its own, so that the map is differentiated at given points.
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let change = derivative(
      of: example.online.map(x, from: t, to: s),
      along: [x: sample.conditionalVelocity, t: .ones(t.shape), s: .zeros(s.shape)])
    try example.expect(.directFull, equals: { _ in squaredNorm(change) }, hasTarget: false)
  }
}

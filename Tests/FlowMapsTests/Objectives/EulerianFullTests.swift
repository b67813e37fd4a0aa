// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct EulerianFullTests {
  @Test(
    "the loss is the squared derivative of the map along v*, gradients flowing everywhere",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let velocity = example.exactVelocity(x, t)
    let change = derivative(
      of: example.online.map(x, from: t, to: s),
      along: [x: velocity, t: .ones(t.shape), s: .zeros(s.shape)])
    try example.expect(.eulerianFull, equals: { _ in squaredNorm(change) }, hasTarget: false)
  }
}

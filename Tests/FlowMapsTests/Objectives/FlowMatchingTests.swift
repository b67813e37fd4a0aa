// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct FlowMatchingTests {
  @Test(
    "the loss is the squared distance of the diagonal to v_c", arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let difference =
      example.online.field(sample.noisy, from: sample.time, to: sample.time)
      - sample.conditionalVelocity
    try example.expect(
      .flowMatching, equals: { _ in (difference * difference).sum([1]) }, hasTarget: false)
  }
}

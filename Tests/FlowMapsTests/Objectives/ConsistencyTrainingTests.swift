// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct ConsistencyTrainingTests {
  @Test(
    "the map meets the stopped map at an earlier point of the same pair",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let u = s + sample.fraction * (t - s)
    let earlier: Tensor
    switch kind {
    case .linear: earlier = (1 - u) * sample.data + u * sample.noise
    case .trigonometric: earlier = cos(u) * sample.data + sin(u) * sample.noise
    }
    try example.expect(
      .consistencyTraining,
      equals: { target in
        squaredNorm(example.online.map(x, from: t, to: s) - target.map(earlier, from: u, to: s))
      })
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct ProgressiveSelfDistillationTests {
  @Test(
    "the two steps are stopped, with the midpoint or the drawn time between them",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    for (objective, u) in [
      (Objective.progressiveSelfDistillationMidpoint, 0.5 * t + 0.5 * s),
      (
        .progressiveSelfDistillationUniform,
        (1 - sample.fraction) * s + sample.fraction * t
      ),
    ] {
      try example.expect(
        objective,
        equals: { target in
          squaredNorm(
            example.online.map(x, from: t, to: s)
              - target.map(target.map(x, from: t, to: u), from: u, to: s))
        })
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct DirectSemiTests {
  @Test("the target is stopped as a whole", arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    try example.expect(
      .directSemi,
      equals: { target in
        squaredNorm(
          example.online.field(x, from: t, to: s) - target.field(x, from: t, to: s)
            - target.totalDerivative(x, from: t, to: s, along: sample.conditionalVelocity))
      })
  }

  @Test("its value is that of the full objective, its gradient is not")
  func valueOfTheFullObjective() throws {
    for kind in InterpolantKind.allCases {
      let example = ObjectiveCase(kind)
      let semi = try example.valueAndGradient(Objective.directSemi.perSample(example.context()))
      let full = try example.valueAndGradient(Objective.directFull.perSample(example.context()))
      #expect(relativeDifference(semi.value, full.value) < 1e-13)
      #expect(largestDifference(semi.gradient, full.gradient) > 1e-3)
    }
  }
}

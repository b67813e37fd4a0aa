// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct EulerianSelfDistillationTests {
  @Test(
    "the spatial derivative and the velocity in it are stopped, the time derivative is not",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    try example.expect(
      .eulerianSelfDistillation,
      equals: { target in
        let transport = target.spatialDerivative(
          x, from: t, to: s, along: target.velocity(x, at: t))
        return squaredNorm(example.online.timeDerivative(x, from: t, to: s) + transport)
      })
  }

  @Test("its value is that of iSD, its gradient is not")
  func valueOfImprovedSelfDistillation() throws {
    for kind in InterpolantKind.allCases {
      let example = ObjectiveCase(kind)
      let eulerian = try example.valueAndGradient(
        Objective.eulerianSelfDistillation.perSample(example.context()))
      let improved = try example.valueAndGradient(
        Objective.improvedSelfDistillation.perSample(example.context()))
      #expect(relativeDifference(eulerian.value, improved.value) < 1e-13)
      #expect(largestDifference(eulerian.gradient, improved.gradient) > 1e-4)
    }
  }
}

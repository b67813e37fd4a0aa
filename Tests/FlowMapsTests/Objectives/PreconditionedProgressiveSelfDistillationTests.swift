// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct PreconditionedProgressiveSelfDistillationTests {
  private let pairs: [(Objective, Objective)] = [
    (
      .preconditionedProgressiveSelfDistillationMidpoint, .progressiveSelfDistillationMidpoint
    ),
    (
      .preconditionedProgressiveSelfDistillationUniform, .progressiveSelfDistillationUniform
    ),
  ]

  @Test("for the linear interpolant the residual of f is t − s times that of F")
  func scaledResidual() throws {
    let example = ObjectiveCase(.linear)
    let gap = (example.sample.time - example.sample.endTime).reshaped(to: [-1])
    for (preconditioned, plain) in pairs {
      let scaled = try example.valueAndGradient(
        gap * gap * preconditioned.perSample(example.context()))
      let expected = try example.valueAndGradient(plain.perSample(example.context()))
      // Residuals agree to their own rounding; their squares could not be compared entry by entry.
      let residuals = [scaled.value, expected.value].map { $0.map { $0.squareRoot() } }
      #expect(largestDifference(residuals[0], residuals[1]) < 1e-15)
      #expect(residuals[1].contains { $0 > 1e-4 })
      #expect(largestDifference(scaled.gradient, expected.gradient) < 1e-15)
      #expect(expected.gradient.contains { abs($0) > 1e-5 })
    }
  }

  @Test("both half steps are stopped")
  func byHand() throws {
    let example = ObjectiveCase(.linear)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    try example.expect(
      .preconditionedProgressiveSelfDistillationUniform,
      equals: { target in
        let r = sample.fraction
        let u = s + r * (t - s)
        let first = target.field(x, from: t, to: u)
        let second = target.field(target.map(x, from: t, to: u), from: u, to: s)
        return squaredNorm(
          example.online.field(x, from: t, to: s) - (1 - r) * first - r * second)
      })
  }

  @Test("the formula is declared to hold for the linear interpolant alone")
  func linearOnly() {
    #expect(Objective.allCases.filter(\.needsLinearInterpolant) == pairs.map(\.0))
  }
}

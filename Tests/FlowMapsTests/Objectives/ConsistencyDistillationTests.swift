// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct ConsistencyDistillationTests {
  @Test(
    "the map meets the stopped map after one step of Euler or Heun",
    arguments: InterpolantKind.allCases)
  func byHand(kind: InterpolantKind) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let u = s + sample.fraction * (t - s)
    let velocity = example.exactVelocity
    let euler = x + (u - t) * velocity(x, t)
    let heun = x + (u - t) * (0.5 * velocity(x, t) + 0.5 * velocity(euler, u))
    for (objective, step) in [
      (Objective.consistencyDistillation, euler), (.consistencyDistillationHeun, heun),
    ] {
      try example.expect(
        objective,
        equals: { target in
          squaredNorm(example.online.map(x, from: t, to: s) - target.map(step, from: u, to: s))
        })
    }
  }

  @Test("a target map of its own replaces the online one, and gets no gradient")
  func teacherMap() throws {
    let (example, other) = (ObjectiveCase(.linear), GaussianFlow(kind: .linear))
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let u = s + sample.fraction * (t - s)
    let target = other.flowMap(deviation: 0.4)
    let context = ObjectiveContext(
      flowMap: example.online, sample: sample,
      exactVelocity: { [velocity = example.exactVelocity] x, t, _ in velocity(x, t) },
      teacherMap: target)
    let step = x - (t - u) * example.exactVelocity(x, t)
    let got = try example.valueAndGradient(
      Objective.consistencyDistillation.perSample(context))
    let want = try example.valueAndGradient(
      squaredNorm(example.online.map(x, from: t, to: s) - target.map(step, from: u, to: s)))
    #expect(relativeDifference(got.value, want.value) < 1e-12)
    #expect(relativeDifference(got.gradient, want.gradient) < 1e-12)
  }

  /// Root of the mean loss of the exact map of a Gaussian for a step `h` from the middle of time.
  private func residual(
    _ objective: Objective, _ kind: InterpolantKind, step h: Double
  ) throws -> Double {
    let flow = GaussianFlow(kind: kind)
    let t = 0.5 * kind.endTime
    let arguments = [
      Argument("data", [1, 2], [0.7, -0.4]), Argument("noise", [1, 2], [-0.3, 1.1]),
      Argument("time", [1, 1], [t]), Argument("endTime", [1, 1], [0]),
      Argument("fraction", [1, 1], [1 - h / t]),
    ]
    let sample = TrainingSample(
      interpolant: kind.interpolant, data: arguments[0].tensor, noise: arguments[1].tensor,
      time: arguments[2].tensor, endTime: arguments[3].tensor, fraction: arguments[4].tensor)
    let context = ObjectiveContext(
      flowMap: flow.flowMap(deviation: 0.6), sample: sample,
      exactVelocity: flow.given(deviation: 0.6))
    return try evaluate([objective.perSample(context)], arguments)[0][0].squareRoot()
  }

  @Test(
    "the exact flow map leaves a residual of the solver's local order",
    arguments: InterpolantKind.allCases)
  func localOrder(kind: InterpolantKind) throws {
    for (objective, order) in [
      (Objective.consistencyDistillation, 2.0), (.consistencyDistillationHeun, 3),
    ] {
      let (coarse, fine) = try (
        residual(objective, kind, step: 0.01), residual(objective, kind, step: 0.005)
      )
      let ratio = coarse / fine
      #expect(ratio > 0.93 * exp2(order) && ratio < 1.07 * exp2(order), "\(objective) \(ratio)")
    }
  }
}

private func exp2(_ x: Double) -> Double { (0..<Int(x)).reduce(1) { y, _ in 2 * y } }

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct StabilizedConsistencyTests {
  /// The published tangent written by hand, `cos² t (v_c − F) − r (cos t sin t x + cos t sin t dF)` and its
  /// counterpart for the linear interpolant, for any `s`.
  private func tangent(_ map: FlowMap, _ sample: TrainingSample, _ kind: InterpolantKind, r: Double)
    -> Tensor
  {
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let v = sample.conditionalVelocity
    let field = map.field(x, from: t, to: s)
    let change = derivative(
      of: field, along: [x: v, t: .ones(t.shape), s: .zeros(s.shape)])
    switch kind {
    case .linear:
      return v - field - r * ((t - s) * change)
    case .trigonometric:
      let (c, d) = (cos(t - s), sin(t - s))
      return c * c * (v - field) - r * (c * d * x + c * d * change)
    }
  }

  private func expect(
    _ stabilizers: Stabilizers, progress: Double, _ kind: InterpolantKind, r: Double,
    constant: Double?
  ) throws {
    let example = ObjectiveCase(kind)
    let sample = example.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let context = ObjectiveContext(
      flowMap: example.online, sample: sample, progress: Tensor(progress, shape: [1, 1]),
      stabilizers: stabilizers)
    let got = try example.valueAndGradient(Objective.stabilizedConsistency.perSample(context))
    var g = tangent(example.frozen, sample, kind, r: r)
    if let constant {
      let norm = sqrt((g * g).sum([1])).reshaped(to: [sample.rows, 1])
      g = g / (norm + constant)
    }
    let target = example.frozen.field(x, from: t, to: s) + g
    let want = try example.valueAndGradient(
      squaredNorm(example.online.field(x, from: t, to: s) - target))
    #expect(relativeDifference(got.value, want.value) < 1e-12)
    #expect(relativeDifference(got.gradient, want.gradient) < 1e-12)
  }

  @Test("each stabiliser does what it says", arguments: InterpolantKind.allCases)
  func stabilizers(kind: InterpolantKind) throws {
    try expect(.none, progress: 0, kind, r: 1, constant: nil)
    try expect(Stabilizers(rearrangesTangent: true), progress: 0, kind, r: 1, constant: nil)
    try expect(Stabilizers(tangentWarmUp: 0.2), progress: 0, kind, r: 0, constant: nil)
    try expect(Stabilizers(tangentWarmUp: 0.2), progress: 0.05, kind, r: 0.25, constant: nil)
    try expect(Stabilizers(tangentWarmUp: 0.2), progress: 0.9, kind, r: 1, constant: nil)
    try expect(Stabilizers(tangentNormalization: 0.1), progress: 0, kind, r: 1, constant: 0.1)
    try expect(.published, progress: 0.05, kind, r: 0.5, constant: 0.1)
  }

  @Test("without stabilisers and for the linear interpolant it is directSemi")
  func directSemi() throws {
    let example = ObjectiveCase(.linear)
    let one = try example.valueAndGradient(
      Objective.stabilizedConsistency.perSample(example.context()))
    let other = try example.valueAndGradient(Objective.directSemi.perSample(example.context()))
    #expect(relativeDifference(one.value, other.value) < 1e-12)
    #expect(relativeDifference(one.gradient, other.gradient) < 1e-12)
  }

  @Test(
    "the published tangent counts ∂_t F T times, and ∇F·w once", arguments: InterpolantKind.allCases
  )
  func publishedTangent(kind: InterpolantKind) throws {
    let example = FlowMapCase(kind)
    let (x, t, s, w) = (example.x.tensor, example.t.tensor, example.s.tensor, example.w.tensor)
    let values = try example.values([
      example.flowMap.fieldTangent(x, from: t, to: s, along: w, timeRate: 1, method: .published),
      example.flowMap.fieldTangent(x, from: t, to: s, along: w, timeRate: 0),
      example.flowMap.fieldTangent(x, from: t, to: s, along: nil, timeRate: 1),
    ])
    let want = zip(values[1], values[2]).map { $0 + kind.endTime * $1 }
    #expect(relativeDifference(values[0], want) < 1e-12)
  }
}

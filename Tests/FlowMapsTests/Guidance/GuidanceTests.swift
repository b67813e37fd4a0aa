// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Interpolants
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

/// A random conditional perceptron twice, with parameters to differentiate and the same ones frozen, and a
/// sample with classes, one of them dropped.
private struct GuidedCase {
  let online: FlowMap
  let frozen: FlowMap
  let sample: TrainingSample
  let label: Tensor
  let parameters: [Argument]
  private let others: [Argument]
  static let labels: [Double] = [0, 2, 1, 0, 2, 1]
  static let rows = 6

  init(_ kind: InterpolantKind) {
    let (rows, interpolant) = (Self.rows, kind.interpolant)
    let network = MultilayerPerceptron(width: 5, depth: 2, classCount: 2)
    let stream = RandomStream(seed: 4, purpose: "parameters")
    let vector = zip(
      network.initialParameters(stream),
      stream.appending("shift").normals(rows: 1, draws: network.layout.count)
    ).map { $0 + 0.1 * $1 }
    func flowMap(_ prefix: String) -> (FlowMap, [Argument]) {
      let arguments = network.layout.entries.map { entry in
        Argument(
          "\(prefix)/\(entry.name)", entry.shape,
          Array(vector[entry.offset..<entry.offset + entry.shape.count]))
      }
      let tensors = ParameterTensors(
        layout: network.layout, prefix: prefix, tensors: arguments.map(\.tensor))
      return (
        FlowMap(interpolant: interpolant, network: network, parameters: tensors),
        arguments
      )
    }
    let (online, onlineArguments) = flowMap("online")
    let (frozen, frozenArguments) = flowMap("frozen")
    var numbers = TestNumbers(seed: 6)
    let times = numbers.array(rows, in: 0.2...0.9)
    let batch = [
      Argument("data", [rows, 2], numbers.array(2 * rows, in: -2...2)),
      Argument("noise", [rows, 2], numbers.array(2 * rows, in: -2...2)),
      Argument("time", [rows, 1], times.map { $0 * interpolant.endTime }),
      Argument(
        "endTime", [rows, 1],
        times.map { $0 * numbers.next(in: 0.1...0.9) * interpolant.endTime }),
      Argument("fraction", [rows, 1], numbers.array(rows, in: 0.1...0.9)),
      Argument("label", [rows], Self.labels),
    ]
    sample = TrainingSample(
      interpolant: interpolant, data: batch[0].tensor, noise: batch[1].tensor,
      time: batch[2].tensor, endTime: batch[3].tensor, fraction: batch[4].tensor,
      conditions: Conditions(label: batch[5].tensor))
    label = batch[5].tensor
    self.online = online.given(sample.conditions)
    self.frozen = frozen.given(sample.conditions)
    parameters = onlineArguments
    others = frozenArguments + batch
  }

  func values(_ outputs: [Tensor], _ parameters: [Argument]? = nil) throws -> [[Double]] {
    try evaluate(outputs, (parameters ?? self.parameters) + others)
  }

  /// `v_c` where the class is dropped, else `F_∅ + ω (v_c − F_∅)` with the frozen network.
  func target(_ scale: Double) -> Tensor {
    let null = frozen.unconditional.velocity(sample.noisy, at: sample.time)
    let guided = null + scale * (sample.conditionalVelocity - null)
    let isDropped = equal(label, Tensor(2)).reshaped(to: [Self.rows, 1])
    return select(isDropped, sample.conditionalVelocity, guided)
  }

  /// The derivative of a loss along each parameter's first and last element, by central differences.
  func differences(_ loss: Tensor) throws -> [Double] {
    let step = 1e-5
    return try parameters.enumerated().flatMap { place, parameter in
      try [0, parameter.values.count - 1].map { index in
        let sides = try [step, -step].map { shift in
          var moved = parameters
          var values = parameter.values
          values[index] += shift
          moved[place] = parameter.with(values)
          return try self.values([loss], moved)[0][0]
        }
        return (sides[0] - sides[1]) / (2 * step)
      }
    }
  }

  func gradientEntries(_ loss: Tensor) throws -> [Double] {
    try values(gradient(of: loss, withRespectTo: parameters.map(\.tensor))).flatMap {
      [$0[0], $0[$0.count - 1]]
    }
  }
}

@Suite struct GuidanceTests {
  @Test(
    "guided flow matching regresses on the frozen guided velocity; its gradient is that of differences",
    arguments: InterpolantKind.allCases, [0.5, 3])
  func flowMatching(kind: InterpolantKind, scale: Double) throws {
    let example = GuidedCase(kind)
    let sample = example.sample
    let context = Guidance(scale: scale).guided(
      ObjectiveContext(flowMap: example.online, sample: example.sample))
    let got = Objective.flowMatching.perSample(context)
    let byHand = squaredNorm(
      example.online.velocity(sample.noisy, at: sample.time)
        - example.target(scale))
    let values = try example.values([got, byHand])
    #expect(relativeDifference(values[0], values[1]) < 1e-13)
    #expect(
      try relativeDifference(
        example.gradientEntries(mean(got)), example.differences(mean(byHand))) < 1e-8)
  }

  @Test("iSD's teacher is the branch of the class itself", arguments: InterpolantKind.allCases)
  func selfDistillation(kind: InterpolantKind) throws {
    let example = GuidedCase(kind)
    let sample = example.sample
    let context = Guidance(scale: 2).guided(
      ObjectiveContext(flowMap: example.online, sample: example.sample))
    let loss = TrainingLoss(objective: .improvedSelfDistillation).perSample(context)
    let (online, frozen) = (
      example.online, example.frozen
    )
    let teacher = frozen.velocity(sample.noisy, at: sample.time)
    let residual = frozen.totalDerivative(
      sample.noisy, from: sample.time, to: sample.endTime, along: teacher)
    let field = { (map: FlowMap) in
      map.field(sample.noisy, from: sample.time, to: sample.endTime)
    }
    let byHand =
      (squaredNorm(online.velocity(sample.noisy, at: sample.time) - example.target(2))
        + squaredNorm(field(online) - (field(frozen) + residual))) / 2
    let values = try example.values([loss, byHand])
    #expect(relativeDifference(values[0], values[1]) < 1e-12)
    #expect(
      try relativeDifference(
        example.gradientEntries(mean(loss)), example.differences(mean(byHand))) < 1e-8)
  }

  @Test("a dropped row is trained without guidance, and scale 1 is no guidance")
  func unguided() throws {
    let example = GuidedCase(.linear)
    func losses(_ scale: Double) throws -> [Double] {
      let context = Guidance(scale: scale).guided(
        ObjectiveContext(flowMap: example.online, sample: example.sample))
      return try example.values([Objective.flowMatching.perSample(context)])[0]
    }
    let plain = ObjectiveContext(
      flowMap: example.online, sample: example.sample)
    let want = try example.values([Objective.flowMatching.perSample(plain)])[0]
    #expect(try losses(1) == want)
    for (row, (guided, unguided)) in zip(try losses(4), want).enumerated() {
      #expect((guided == unguided) == (GuidedCase.labels[row] == 2))
    }
  }

  @Test("a row's own scale takes the place of the constant")
  func rowScales() throws {
    let example = GuidedCase(.linear)
    func losses(_ guidance: Guidance, rows scale: Tensor?) throws -> [Double] {
      let sample = example.sample
      let conditioned = TrainingSample(
        interpolant: LinearInterpolant(), data: sample.data, noise: sample.noise,
        time: sample.time, endTime: sample.endTime, fraction: sample.fraction,
        conditions: Conditions(label: example.label, guidance: scale))
      let context = guidance.guided(
        ObjectiveContext(flowMap: example.online, sample: conditioned))
      return try example.values([Objective.flowMatching.perSample(context)])[0]
    }
    let own = Tensor(2.5, shape: [GuidedCase.rows, 1])
    #expect(
      try relativeDifference(
        losses(.none, rows: own), losses(Guidance(scale: 2.5), rows: nil)) < 1e-14)
  }

  @Test("guidance in sampling combines the branches linearly, velocities and maps alike")
  func sampling() throws {
    let example = GuidedCase(.trigonometric)
    let (x, t, s) = (example.sample.noisy, example.sample.time, example.sample.endTime)
    let with = example.online
    let without = example.online.unconditional
    let guided = example.online.guided(scale: 2.5)
    let values = try example.values([
      guided.field(x, from: t, to: s), with.field(x, from: t, to: s),
      without.field(x, from: t, to: s), guided.map(x, from: t, to: s),
      with.map(x, from: t, to: s), without.map(x, from: t, to: s),
      example.online.guided(scale: 1).map(x, from: t, to: s),
    ])
    for place in [0, 3] {
      let want = zip(values[place + 1], values[place + 2]).map { $1 + 2.5 * ($0 - $1) }
      #expect(relativeDifference(values[place], want) < 1e-13)
    }
    #expect(values[6] == values[4])
  }

  @Test(
    "settings that cannot be used are refused",
    arguments: [
      (Guidance(scale: .nan), "guidance scale: nan"),
      (Guidance(scale: .infinity), "guidance scale: inf"),
      (Guidance(scale: 2, labelDropout: 1), "label dropout: 1.0"),
      (Guidance(scale: 2, labelDropout: -0.1), "label dropout: -0.1"),
      (Guidance(scale: 2, labelDropout: .nan), "label dropout: nan"),
    ])
  func refusals(guidance: Guidance, text: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try guidance.validate() }
    #expect(error?.description.contains(text) == true)
  }

  @Test("no dropout and any finite scale are accepted", arguments: [-1, 0, 1, 40.0])
  func accepted(scale: Double) throws {
    try Guidance(scale: scale, labelDropout: 0).validate()
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Interpolants
import Networks
import Tensors
import TestSupport
import Testing

/// A random perceptron twice, with parameters to differentiate and with the same ones frozen, and a
/// training sample: what a loss needs to be written by hand, its targets without any stop-gradient.
struct ObjectiveCase {
  let online: FlowMap
  let frozen: FlowMap
  let sample: TrainingSample
  let exactVelocity: @Sendable (Tensor, Tensor) -> Tensor
  let parameters: [Tensor]
  private let arguments: [Argument]

  init(_ kind: InterpolantKind, rows: Int = 6, seed: UInt64 = 5) {
    var numbers = TestNumbers(seed: seed)
    let interpolant = kind.interpolant
    let network = MultilayerPerceptron(width: 6, depth: 2)
    func flowMap(_ prefix: String) -> (FlowMap, [Argument]) {
      let arguments = randomParameters(of: network, prefix: prefix, seed: seed)
      let tensors = ParameterTensors(
        layout: network.layout, prefix: prefix, tensors: arguments.map(\.tensor))
      return (
        FlowMap(interpolant: interpolant, network: network, parameters: tensors), arguments
      )
    }
    let (online, onlineArguments) = flowMap("online")
    let (frozen, frozenArguments) = flowMap("frozen")
    let times = numbers.array(rows, in: 0.2...0.9)
    let batch = [
      Argument("data", [rows, 2], numbers.array(2 * rows, in: -2...2)),
      Argument("noise", [rows, 2], numbers.array(2 * rows, in: -2...2)),
      Argument("time", [rows, 1], times.map { $0 * interpolant.endTime }),
      Argument(
        "endTime", [rows, 1],
        times.map { $0 * numbers.next(in: 0.1...0.9) * interpolant.endTime }),
      Argument("fraction", [rows, 1], numbers.array(rows, in: 0.1...0.9)),
    ]
    sample = TrainingSample(
      interpolant: interpolant, data: batch[0].tensor, noise: batch[1].tensor,
      time: batch[2].tensor, endTime: batch[3].tensor, fraction: batch[4].tensor)
    exactVelocity = GaussianFlow(kind: kind).velocity(deviation: 0.7)
    self.online = online
    self.frozen = frozen
    parameters = onlineArguments.map(\.tensor)
    arguments = onlineArguments + frozenArguments + batch
  }

  func context(tangent: TangentMethod = .exact) -> ObjectiveContext {
    ObjectiveContext(
      flowMap: online, sample: sample,
      exactVelocity: { [exactVelocity] x, t, _ in exactVelocity(x, t) },
      tangent: tangent)
  }

  func values(_ outputs: [Tensor]) throws -> [[Double]] { try evaluate(outputs, arguments) }

  /// A loss a sample, and the gradient of its mean as one vector.
  func valueAndGradient(_ perSample: Tensor) throws -> (value: [Double], gradient: [Double]) {
    let results = try values(
      [perSample] + gradient(of: mean(perSample), withRespectTo: parameters))
    return (results[0], results.dropFirst().flatMap { $0 })
  }

  /// Expects an objective's values and gradient to be those of a loss written by hand, and the
  /// gradient not to be that of the same loss with targets that follow.
  func expect(
    _ objective: Objective, tangent: TangentMethod = .exact, equals byHand: (FlowMap) -> Tensor,
    hasTarget: Bool = true, at location: SourceLocation = #_sourceLocation
  ) throws {
    let got = try valueAndGradient(objective.perSample(context(tangent: tangent)))
    let want = try valueAndGradient(byHand(frozen))
    #expect(
      relativeDifference(got.value, want.value) < 1e-12, "values", sourceLocation: location)
    #expect(
      relativeDifference(got.gradient, want.gradient) < 1e-12, "gradient",
      sourceLocation: location)
    let moving = try valueAndGradient(byHand(online))
    let shift = largestDifference(moving.gradient, want.gradient)
    #expect((shift > 1e-4) == hasTarget, "targets \(shift)", sourceLocation: location)
  }
}

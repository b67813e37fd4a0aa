// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Interpolants
import Networks
import RandomStreams
import Tensors
import TestSupport

/// A small random perceptron as a flow map, with points, times and a direction to evaluate it at.
struct FlowMapCase {
  let interpolant: any Interpolant
  let network: MultilayerPerceptron
  let x: Argument
  let t: Argument
  let s: Argument
  let w: Argument
  let parameters: [Argument]
  let flowMap: FlowMap

  init(_ kind: InterpolantKind, rows: Int = 5, seed: UInt64 = 3) {
    var numbers = TestNumbers(seed: seed)
    let interpolant = kind.interpolant
    let network = MultilayerPerceptron(width: 7, depth: 2)
    x = Argument("x", [rows, 2], numbers.array(2 * rows, in: -2...2))
    w = Argument("w", [rows, 2], numbers.array(2 * rows))
    let times = numbers.array(rows, in: 0.3...0.95)
    t = Argument("t", [rows, 1], times.map { $0 * interpolant.endTime })
    s = Argument(
      "s", [rows, 1], times.map { $0 * numbers.next(in: 0.1...0.9) * interpolant.endTime })
    let parameters = randomParameters(of: network, prefix: "parameters", seed: seed)
    flowMap = FlowMap(
      interpolant: interpolant, network: network,
      parameters: ParameterTensors(
        layout: network.layout, prefix: "parameters", tensors: parameters.map(\.tensor)))
    self.interpolant = interpolant
    self.network = network
    self.parameters = parameters
  }

  /// Values of tensors, with other points or times if given.
  func values(
    _ outputs: [Tensor], x: [Double]? = nil, t: [Double]? = nil, s: [Double]? = nil
  ) throws -> [[Double]] {
    try evaluate(
      outputs,
      [
        self.x.with(x ?? self.x.values), self.t.with(t ?? self.t.values),
        self.s.with(s ?? self.s.values), w,
      ] + parameters)
  }
}

/// A parameter vector with biases that are not zero, as one argument an entry of the layout.
func randomParameters(
  of network: MultilayerPerceptron, prefix: String, seed: UInt64
) -> [Argument] {
  let stream = RandomStream(seed: seed, purpose: "parameters")
  let weights = network.initialParameters(stream)
  let shift = stream.appending("shift").normals(rows: 1, draws: weights.count)
  let vector = zip(weights, shift).map { $0 + 0.1 * $1 }
  return network.layout.entries.map { entry in
    Argument(
      "\(prefix)/\(entry.name)", entry.shape,
      Array(vector[entry.offset..<entry.offset + entry.shape.count]))
  }
}

/// The largest difference of two vectors.
func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  precondition(left.count == right.count, "vectors of \(left.count) and \(right.count) elements")
  return zip(left, right).reduce(0) { worst, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

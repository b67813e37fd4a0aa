// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct FlowMapTransformerTests {
  private static let network = FlowMapTransformer(
    TransformerConfiguration(
      imageSize: 4, patchSize: 2, channels: 3, width: 8, depth: 2, heads: 2))

  /// A transformer whose every parameter is random, on two images.
  private struct Case {
    let network = FlowMapTransformerTests.network
    var parameters: [Argument]
    let x: Argument
    let t = Argument("t", [2, 1], [0.9, 0.6])
    let s = Argument("s", [2, 1], [0.2, 0.5])

    init(vector: [Double]? = nil) {
      var numbers = TestNumbers(seed: 8)
      let values = vector ?? numbers.array(network.layout.count, in: -0.7...0.7)
      parameters = network.layout.entries.map { entry in
        Argument(
          entry.name, entry.shape,
          Array(values[entry.offset..<entry.offset + entry.shape.count]))
      }
      x = Argument("x", [2, 3, 4, 4], numbers.array(96, in: -2...2))
    }

    var tensors: ParameterTensors {
      ParameterTensors(layout: network.layout, prefix: "", tensors: parameters.map(\.tensor))
    }

    var output: Tensor {
      network(tensors, noisy: x.tensor, time: t.tensor, endTime: s.tensor)
    }

    var arguments: [Argument] { [x, t, s] + parameters }
  }

  @Test("the initial map is zero, and every block starts as the identity")
  func initialMap() throws {
    let vector = Self.network.initialParameters(RandomStream(seed: 1, purpose: "initial"))
    #expect(vector.count == Self.network.layout.count)
    let zero = Case(vector: vector)
    let values = try evaluate([zero.output], zero.arguments)[0]
    #expect(values == [Double](repeating: 0, count: 96))
    for entry in Self.network.layout.entries {
      let part = vector[entry.offset..<entry.offset + entry.shape.count]
      let isZero =
        entry.name.contains("modulation") || entry.name.hasPrefix("final")
        || entry.name.hasSuffix("bias")
      #expect(part.allSatisfy { $0 == 0 } == isZero, "\(entry.name)")
    }
  }

  @Test("the derivative along a direction is that of central differences")
  func tangent() throws {
    let network = Case()
    var numbers = TestNumbers(seed: 9)
    let w = Argument("w", [2, 3, 4, 4], numbers.array(96))
    let rate = Argument("rate", [2, 1], [1, 0.5])
    let endRate = Argument("endRate", [2, 1], [-0.3, 0.2])
    let tangent = derivative(
      of: network.output,
      along: [
        network.x.tensor: w.tensor, network.t.tensor: rate.tensor, network.s.tensor: endRate.tensor,
      ])
    let exact = try evaluate([tangent], network.arguments + [w, rate, endRate])[0]
    func moved(_ by: Double) throws -> [Double] {
      func shifted(_ argument: Argument, _ direction: Argument) -> Argument {
        argument.with(zip(argument.values, direction.values).map { $0 + by * $1 })
      }
      return try evaluate(
        [network.output],
        [shifted(network.x, w), shifted(network.t, rate), shifted(network.s, endRate)]
          + network.parameters)[0]
    }
    let step = 1e-5
    let (ahead, behind) = (try moved(step), try moved(-step))
    let difference = zip(ahead, behind).map { ($0 - $1) / (2 * step) }
    #expect(exact.contains { abs($0) > 0.1 })
    #expect(relativeDifference(exact, difference) < 1e-7)
  }

  @Test("the gradient of a parameter of every kind is that of central differences")
  func gradients() throws {
    let network = Case()
    let loss = mean(square(network.output))
    let gradients = try evaluate(
      gradient(of: loss, withRespectTo: network.parameters.map(\.tensor)), network.arguments)
    let step = 1e-5
    for (index, parameter) in network.parameters.enumerated()
    where !parameter.name.hasPrefix("blocks.1") {
      let entry = parameter.values.count / 2
      func value(_ by: Double) throws -> Double {
        var arguments = network.arguments
        var values = parameter.values
        values[entry] += by
        arguments[index + 3] = parameter.with(values)
        return try evaluate([loss], arguments)[0][0]
      }
      let difference = (try value(step) - value(-step)) / (2 * step)
      #expect(abs(gradients[index][entry] - difference) < 1e-7, "\(parameter.name)")
      #expect(gradients[index].contains { $0 != 0 }, "\(parameter.name)")
    }
  }

  @Test("both times matter, and rows do not mix")
  func dependence() throws {
    let network = Case()
    func values(_ change: (inout [Argument]) -> Void) throws -> [Double] {
      var arguments = network.arguments
      change(&arguments)
      return try evaluate([network.output], arguments)[0]
    }
    let plain = try values { _ in }
    for index in [1, 2] {
      let other = try values { $0[index] = $0[index].with([$0[index].values[0], 0.55]) }
      #expect(Array(other.prefix(48)) == Array(plain.prefix(48)))
      #expect(relativeDifference(Array(other.suffix(48)), Array(plain.suffix(48))) > 1e-3)
    }
  }

  @Test("points given as rows are images in row-major order")
  func rows() throws {
    let network = Case()
    let flat = Argument("flat", [2, 48], network.x.values)
    #expect(network.network.dimension == 48)
    let output = network.network(
      network.tensors, noisy: flat.tensor, time: network.t.tensor, endTime: network.s.tensor)
    #expect(output.shape == [2, 48])
    let values = try evaluate([output], [flat, network.t, network.s] + network.parameters)[0]
    #expect(try values == evaluate([network.output], network.arguments)[0])
  }

  @Test("the tiny transformer has 49 tokens and about a million parameters")
  func tiny() {
    let network = FlowMapTransformer(.tiny)
    #expect(network.configuration.tokens == 49)
    #expect(network.configuration.hiddenWidth == 341)
    #expect(network.dimension == 784)
    let block = 6 * 128 * 129 + 4 * 128 * 129 + 2 * 341 * 129 + 128 * 342
    let times = 2 * (257 * 128 + 129 * 128)
    #expect(network.layout.count == 17 * 128 + times + 4 * block + 129 * 256 + 129 * 16)
  }
}

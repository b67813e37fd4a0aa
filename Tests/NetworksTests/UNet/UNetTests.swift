// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct UNetTests {
  private static func network(_ modulation: Modulation) -> UNet {
    UNet(
      UNetConfiguration(
        imageSize: 4, channels: 2, blockChannels: [4, 6], layersPerBlock: 2, groups: 2, heads: 3,
        embeddingWidth: 8, timeFeatures: .positional(features: 6), modulation: modulation,
        classCount: 3, observationSize: 2))
  }

  /// A U-Net whose every parameter is random, on two images.
  private struct Case {
    let network: UNet
    let parameters: [Argument]
    let x: Argument
    let t = Argument("t", [2, 1], [0.9, 0.6])
    let s = Argument("s", [2, 1], [0.2, 0.5])
    let label = Argument("label", [2], [1, 3])
    let observation = Argument("observation", [2, 2], [0.3, -0.4, 1, 0.2])

    init(_ modulation: Modulation, vector: [Double]? = nil) {
      network = UNetTests.network(modulation)
      var numbers = TestNumbers(seed: 8)
      let values = vector ?? numbers.array(network.layout.count, in: -0.6...0.6)
      parameters = network.layout.entries.map {
        Argument($0.name, $0.shape, Array(values[$0.range]))
      }
      x = Argument("x", [2, 2, 4, 4], numbers.array(64, in: -2...2))
    }

    var output: Tensor {
      network(
        ParameterTensors(layout: network.layout, prefix: "", tensors: parameters.map(\.tensor)),
        noisy: x.tensor, time: t.tensor, endTime: s.tensor,
        conditions: Conditions(label: label.tensor, observation: observation.tensor))
    }

    var arguments: [Argument] { [x, t, s, label, observation] + parameters }
  }

  @Test("the initial map is zero, and no convolution but the last is")
  func initialMap() throws {
    let network = Self.network(.plain)
    let vector = network.initialParameters(RandomStream(seed: 1, purpose: "test"))
    #expect(vector.count == network.layout.count)
    let start = Case(.plain, vector: vector)
    #expect(try evaluate([start.output], start.arguments)[0] == [Double](repeating: 0, count: 64))
    for entry in network.layout.entries {
      let isZero =
        entry.name.hasSuffix("bias") || entry.name.contains("modulation")
        || entry.name == "last.weight"
      #expect(vector[entry.range].allSatisfy { $0 == 0 } == isZero, "\(entry.name)")
    }
  }

  @Test(
    "the derivative along a direction is that of central differences",
    arguments: Modulation.allCases)
  func tangent(modulation: Modulation) throws {
    let network = Case(modulation)
    var numbers = TestNumbers(seed: 9)
    let w = Argument("w", [2, 2, 4, 4], numbers.array(64))
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
          + network.arguments.dropFirst(3))[0]
    }
    let step = 1e-5
    let (ahead, behind) = (try moved(step), try moved(-step))
    let difference = zip(ahead, behind).map { ($0 - $1) / (2 * step) }
    #expect(exact.contains { abs($0) > 0.1 })
    #expect(relativeDifference(exact, difference) < 1e-7)
  }

  @Test(
    "the gradient of a parameter of every kind is that of central differences",
    arguments: Modulation.allCases)
  func gradients(modulation: Modulation) throws {
    let network = Case(modulation)
    let loss = mean(square(network.output))
    let gradients = try evaluate(
      gradient(of: loss, withRespectTo: network.parameters.map(\.tensor)), network.arguments)
    let step = 1e-5
    for (index, parameter) in network.parameters.enumerated()
    where index % 7 == 3 || parameter.name == "labels" {
      let entry = parameter.values.count / 2
      func value(_ by: Double) throws -> Double {
        var arguments = network.arguments
        var values = parameter.values
        values[entry] += by
        arguments[index + 5] = parameter.with(values)
        return try evaluate([loss], arguments)[0][0]
      }
      let difference = (try value(step) - value(-step)) / (2 * step)
      #expect(
        abs(gradients[index][entry] - difference) < 1e-7 * max(1, abs(difference)),
        "\(parameter.name)")
    }
    for (index, parameter) in network.parameters.enumerated()
    where !parameter.name.hasSuffix("key.bias") {
      #expect(gradients[index].contains { $0 != 0 }, "\(parameter.name)")
    }
  }

  @Test("times, class and observation matter, and rows do not mix")
  func dependence() throws {
    let network = Case(.plain)
    let plain = try evaluate([network.output], network.arguments)[0]
    for (index, value) in [(1, 0.55), (2, 0.1), (3, 0.0), (4, 0.9)] {
      var arguments = network.arguments
      var values = arguments[index].values
      values[values.count - 1] = value
      arguments[index] = arguments[index].with(values)
      let other = try evaluate([network.output], arguments)[0]
      #expect(Array(other.prefix(32)) == Array(plain.prefix(32)))
      #expect(relativeDifference(Array(other.suffix(32)), Array(plain.suffix(32))) > 1e-4)
    }
  }
}

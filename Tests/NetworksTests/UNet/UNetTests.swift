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
    try NetworkOutput(output: network.output, arguments: network.arguments).expectTangent()
  }

  @Test(
    "the gradient of a parameter of every kind is that of central differences",
    arguments: Modulation.allCases)
  func gradients(modulation: Modulation) throws {
    let network = Case(modulation)
    let output = NetworkOutput(output: network.output, arguments: network.arguments)
    // A bias of the keys moves all scores of a query alike.
    let keys = network.arguments.indices.dropFirst(5).filter {
      network.arguments[$0].name.hasSuffix("key.bias")
    }
    try output.expectGradients(of: keys, hasZeros: true)
    try output.expectGradients(
      of: network.arguments.indices.dropFirst(5).filter { !keys.contains($0) })
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

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
    try NetworkOutput(output: network.output, arguments: network.arguments).expectTangent()
  }

  @Test("the gradient of a parameter of every kind is that of central differences")
  func gradients() throws {
    let network = Case()
    try NetworkOutput(output: network.output, arguments: network.arguments).expectGradients(
      of: network.arguments.indices.dropFirst(3).filter {
        !network.arguments[$0].name.hasPrefix("blocks.1")
      })
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

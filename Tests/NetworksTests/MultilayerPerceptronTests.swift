// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct MultilayerPerceptronTests {
  private func activation(_ kind: MultilayerPerceptron.Activation, _ x: Double) -> Double {
    switch kind {
    case .silu: return x / (1 + exp(-x))
    case .gelu: return 0.5 * x * erfc(-x / 2.squareRoot())
    case .tanh: return Foundation.tanh(x)
    }
  }

  /// The network on one row, in plain loops over the parameter vector.
  private func forward(
    _ network: MultilayerPerceptron, _ parameters: [Double], _ x: [Double], _ t: Double, _ s: Double
  ) -> [Double] {
    var values = x + [t, network.timeEmbedding == .endTime ? s : t - s]
    var offset = 0
    for layer in 0...network.depth {
      let outputs = layer == network.depth ? network.dimension : network.width
      var next = [Double](repeating: 0, count: outputs)
      for j in 0..<outputs {
        for (i, value) in values.enumerated() {
          next[j] += value * parameters[offset + i * outputs + j]
        }
        next[j] += parameters[offset + values.count * outputs + j]
        if layer < network.depth { next[j] = activation(network.activation, next[j]) }
      }
      offset += (values.count + 1) * outputs
      values = next
    }
    precondition(offset == parameters.count, "every parameter is used")
    return values
  }

  @Test(
    "the network is its layers written out", arguments: MultilayerPerceptron.Activation.allCases,
    MultilayerPerceptron.TimeEmbedding.allCases)
  func forwardPass(
    activation: MultilayerPerceptron.Activation, embedding: MultilayerPerceptron.TimeEmbedding
  ) throws {
    var numbers = TestNumbers(seed: 4)
    for (dimension, width, depth) in [(2, 5, 1), (3, 4, 3)] {
      let network = MultilayerPerceptron(
        dimension: dimension, width: width, depth: depth, activation: activation,
        timeEmbedding: embedding)
      let vector = numbers.array(network.layout.count)
      let parameters = network.layout.entries.map { entry in
        Argument(
          entry.name, entry.shape,
          Array(vector[entry.offset..<entry.offset + entry.shape.count]))
      }
      let x = Argument("x", [3, dimension], numbers.array(3 * dimension, in: -2...2))
      let t = Argument("t", [3, 1], numbers.array(3, in: 0.5...1))
      let s = Argument("s", [3, 1], numbers.array(3, in: 0...0.5))
      let output = network(
        ParameterTensors(
          layout: network.layout, prefix: "", tensors: parameters.map(\.tensor)),
        noisy: x.tensor, time: t.tensor, endTime: s.tensor)
      #expect(output.shape == [3, dimension])
      let values = try evaluate([output], [x, t, s] + parameters)[0]
      let expected = (0..<3).flatMap { row in
        forward(
          network, vector, Array(x.values[row * dimension..<(row + 1) * dimension]),
          t.values[row], s.values[row])
      }
      #expect(relativeDifference(values, expected) < 1e-14)
    }
  }

  @Test("the layout holds a weight [in, out] and a bias a layer")
  func layout() {
    let layout = MultilayerPerceptron(dimension: 2, width: 8, depth: 2).layout
    #expect(
      layout.entries.map(\.name) == [
        "layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "layer2.weight",
        "layer2.bias",
      ])
    #expect(layout.entries.map(\.shape) == [[4, 8], [8], [8, 8], [8], [8, 2], [2]])
    #expect(layout.count == 40 + 72 + 18)
  }

  @Test("initial parameters are the initialiser's, layer by layer, with biases of zero")
  func initialParameters() {
    let stream = RandomStream(seed: 2, purpose: "initial")
    for initializer in Initializer.allCases {
      let network = MultilayerPerceptron(width: 8, depth: 2, initializer: initializer)
      let vector = network.initialParameters(stream)
      #expect(vector.count == network.layout.count)
      #expect(vector == network.initialParameters(stream))
      #expect(
        vector != network.initialParameters(RandomStream(seed: 3, purpose: "initial")))
      for (layer, sizes) in [(4, 8), (8, 8), (8, 2)].enumerated() {
        let (weight, bias) = (
          network.layout.entries[2 * layer], network.layout.entries[2 * layer + 1]
        )
        let expected = initializer.matrix(
          inputs: sizes.0, outputs: sizes.1, stream.appending("layer\(layer)"))
        #expect(Array(vector[weight.offset..<bias.offset]) == expected)
        #expect(vector[bias.offset..<bias.offset + sizes.1].allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("a description survives coding")
  func coding() throws {
    let network = MultilayerPerceptron(
      dimension: 3, width: 10, depth: 4, activation: .gelu, timeEmbedding: .duration,
      initializer: .glorotUniform)
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(MultilayerPerceptron.self, from: data) == network)
  }
}

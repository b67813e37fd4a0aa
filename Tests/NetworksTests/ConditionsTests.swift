// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct ConditionsTests {
  private let plain = MultilayerPerceptron(width: 5, depth: 2)
  private let network = MultilayerPerceptron(width: 5, depth: 2, classCount: 3)

  /// The parameters of a layout as arguments, from one vector.
  private func arguments(_ layout: ParameterLayout, _ vector: [Double]) -> [Argument] {
    layout.entries.map { entry in
      Argument(
        "parameters/\(entry.name)", entry.shape,
        Array(vector[entry.offset..<entry.offset + entry.shape.count]))
    }
  }

  @Test("a class is a shift of the first biases by its row of the table, ∅ included")
  func shift() throws {
    let vector = network.initialParameters(RandomStream(seed: 1, purpose: "test"))
    #expect(vector.count == network.layout.count)
    var numbers = TestNumbers(seed: 2)
    let batch = [
      Argument("x", [4, 2], numbers.array(8)), Argument("t", [4, 1], numbers.array(4)),
      Argument("s", [4, 1], numbers.array(4)),
    ]
    let labels = Argument("label", [4], [2, 0, 3, 1])
    let parameters = arguments(network.layout, vector)
    let got = try evaluate(
      [
        network(
          ParameterTensors(
            layout: network.layout, prefix: "parameters", tensors: parameters.map(\.tensor)),
          noisy: batch[0].tensor, time: batch[1].tensor, endTime: batch[2].tensor,
          conditions: Conditions(label: labels.tensor))
      ], parameters + batch + [labels])[0]
    let bias = plain.layout.entries[1].offset
    for row in 0..<4 {
      var shifted = Array(vector.prefix(plain.layout.count))
      let table = plain.layout.count + Int(labels.values[row]) * plain.width
      for unit in 0..<plain.width { shifted[bias + unit] += vector[table + unit] }
      let parameters = arguments(plain.layout, shifted)
      let want = try evaluate(
        [
          plain(
            ParameterTensors(
              layout: plain.layout, prefix: "parameters", tensors: parameters.map(\.tensor)),
            noisy: batch[0].tensor, time: batch[1].tensor, endTime: batch[2].tensor)
        ], parameters + batch)[0]
      #expect(
        relativeDifference(Array(got[2 * row..<2 * row + 2]), Array(want[2 * row..<2 * row + 2]))
          < 1e-14)
    }
  }

  @Test("the scale of guidance is told as 1 - 1/ω, and one that is not told is 1")
  func guidance() throws {
    let network = MultilayerPerceptron(width: 5, depth: 2, takesGuidance: true)
    let told = MultilayerPerceptron(width: 5, depth: 2, observationSize: 1)
    #expect(network.layout.count == told.layout.count)
    let parameters = arguments(
      network.layout, network.initialParameters(RandomStream(seed: 1, purpose: "test")))
    var numbers = TestNumbers(seed: 2)
    let batch = [
      Argument("x", [3, 2], numbers.array(6)), Argument("t", [3, 1], numbers.array(3)),
      Argument("s", [3, 1], numbers.array(3)),
    ]
    let scales = Argument("ω", [3, 1], [1, 4, 0.5])
    let same = Argument("observation", [3, 1], [0, 0.75, -1])
    let tensors = ParameterTensors(
      layout: network.layout, prefix: "parameters", tensors: parameters.map(\.tensor))
    func output(_ network: MultilayerPerceptron, _ conditions: Conditions) -> Tensor {
      network(
        tensors, noisy: batch[0].tensor, time: batch[1].tensor, endTime: batch[2].tensor,
        conditions: conditions)
    }
    let values = try evaluate(
      [
        output(network, Conditions(guidance: scales.tensor)),
        output(told, Conditions(observation: same.tensor)), output(network, .none),
      ], parameters + batch + [scales, same])
    #expect(values[0] == values[1])
    #expect(values[2].prefix(2) == values[0].prefix(2) && values[2] != values[0])
  }

  @Test("networks on images are told the scale of guidance, in parameters of its own")
  func guidanceOfImages() throws {
    for preset in [NetworkPreset.perceptron, .transformer(.tiny), .unet] {
      let plain = try preset.network(shape: [1, 8, 8], classCount: 2)
      let network = plain.takingGuidance(true)
      #expect(network.takesGuidance && !plain.takesGuidance)
      #expect(network.layout.count > plain.layout.count)
      #expect(network.takingGuidance(false) == plain)
      let data = try JSONEncoder().encode(network)
      #expect(try JSONDecoder().decode(Architecture.self, from: data) == network)
      #expect(
        !String(decoding: try JSONEncoder().encode(plain), as: UTF8.self).contains("Guidance"))
    }
  }

  @Test("an observation is one more group of inputs, and no label is none in every row")
  func observation() throws {
    let observing = MultilayerPerceptron(width: 5, depth: 2, classCount: 3, observationSize: 2)
    #expect(observing.layout.entries[0].shape == [6, 5])
    let vector = observing.initialParameters(RandomStream(seed: 3, purpose: "test"))
    let parameters = arguments(observing.layout, vector)
    let tensors = ParameterTensors(
      layout: observing.layout, prefix: "parameters", tensors: parameters.map(\.tensor))
    var numbers = TestNumbers(seed: 4)
    let batch = [
      Argument("x", [4, 2], numbers.array(8)), Argument("t", [4, 1], numbers.array(4)),
      Argument("s", [4, 1], numbers.array(4)), Argument("o", [4, 2], numbers.array(8)),
      Argument("label", [4], [3, 3, 3, 3]),
    ]
    func output(_ conditions: Conditions) -> Tensor {
      observing(
        tensors, noisy: batch[0].tensor, time: batch[1].tensor, endTime: batch[2].tensor,
        conditions: conditions)
    }
    let observed = Conditions(observation: batch[3].tensor)
    let values = try evaluate(
      [
        output(observed), output(observed.labelled(batch[4].tensor)),
        gradient(
          of: output(observed).sum([0, 1]), withRespectTo: [batch[3].tensor])[0].sum([0, 1]),
      ], parameters + batch)
    #expect(values[0] == values[1])
    #expect(values[2][0] != 0)
  }

  @Test("the null label comes after the classes, and every label has a row")
  func nullLabel() {
    #expect(network.nullLabel == 3)
    #expect(network.layout.entries.last?.shape == [4, 5])
  }
}

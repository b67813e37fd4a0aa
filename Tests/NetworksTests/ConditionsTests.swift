// Part of toylab. Licensed under Apache-2.0; see LICENSE.

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

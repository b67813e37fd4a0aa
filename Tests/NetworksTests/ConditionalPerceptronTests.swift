// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct ConditionalPerceptronTests {
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
    let plain = MultilayerPerceptron(width: 5, depth: 2)
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

  @Test("the null label comes after the classes, and every label has a row")
  func nullLabel() {
    #expect(network.nullLabel == 3)
    #expect(network.layout.entries.last?.shape == [4, 5])
  }
}

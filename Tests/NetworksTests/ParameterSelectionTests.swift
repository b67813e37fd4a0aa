// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Networks
import Testing

@Suite struct ParameterSelectionTests {
  private let layout = MultilayerPerceptron(width: 3, depth: 2, classCount: 2).layout

  @Test(
    "a name, the beginning of names and a role select their parameters, neighbours as one range")
  func selections() throws {
    // Weights 4×3, 3×3, 3×2, biases 3, 3, 2, labels 3×3.
    #expect(try ParameterSelection(["layer0"], of: layout).ranges == [0..<15])
    #expect(try ParameterSelection(["layer1.weight"], of: layout).ranges == [15..<24])
    #expect(try ParameterSelection(["bias"], of: layout).ranges == [12..<15, 24..<27, 33..<35])
    let mixed = try ParameterSelection(["embedding", "layer2.bias", "layer0.weight"], of: layout)
    #expect(mixed.ranges == [0..<12, 33..<44])
    #expect(mixed.count == 23)
    let every = ParameterSelection(all: layout)
    #expect(every.count == layout.count)
    #expect(try ParameterSelection(["matrix", "bias", "labels"], of: layout) == every)
  }

  @Test("the part of a vector is its selected numbers in order")
  func part() throws {
    let vector = (0..<layout.count).map(Double.init)
    let selection = try ParameterSelection(["layer0.bias", "layer2.bias"], of: layout)
    #expect(selection.part(of: vector) == [12, 13, 14, 33, 34])
  }

  @Test(
    "a name that stands for nothing is refused, with the nearest that does",
    arguments: ["layer9", "layer", "weihgt", "norm"])
  func refusal(name: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try ParameterSelection(["bias", name], of: layout)
    }
    #expect(error?.description.contains(name) == true)
    #expect(error?.description.contains("layer") == true)
  }
}

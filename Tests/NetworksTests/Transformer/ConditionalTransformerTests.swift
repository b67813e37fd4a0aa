// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct ConditionalTransformerTests {
  private static let sizes = TransformerConfiguration(
    imageSize: 4, patchSize: 2, channels: 1, width: 8, depth: 1, heads: 2)
  private static let stream = RandomStream(seed: 3, purpose: "initial")

  private static func network(classes: Int = 0, observation: Int = 0) -> FlowMapTransformer {
    var configuration = sizes
    configuration.classCount = classes
    configuration.observationSize = observation
    return FlowMapTransformer(configuration)
  }

  /// A transformer whose every parameter is random, on three images.
  private struct Case {
    let network: FlowMapTransformer
    let parameters: [Argument]
    let x: Argument
    let t = Argument("t", [3, 1], [0.9, 0.6, 0.3])
    let s = Argument("s", [3, 1], [0.2, 0.5, 0.1])

    init(_ network: FlowMapTransformer) {
      self.network = network
      var numbers = TestNumbers(seed: 8)
      x = Argument("x", [3, 16], numbers.array(48, in: -2...2))
      parameters = network.layout.entries.map { entry in
        Argument(
          "parameters/\(entry.name)", entry.shape, numbers.array(entry.shape.count, in: -0.7...0.7))
      }
    }

    func output(_ conditions: Conditions, without dropped: Set<String> = []) -> Tensor {
      let tensors = parameters.map {
        dropped.contains($0.name) ? Tensor.zeros($0.tensor.shape) : $0.tensor
      }
      return network(
        ParameterTensors(layout: network.layout, prefix: "parameters", tensors: tensors),
        noisy: x.tensor, time: t.tensor, endTime: s.tensor, conditions: conditions)
    }

    func values(
      _ conditions: Conditions, _ told: [Argument], without dropped: Set<String> = []
    ) throws -> [Double] {
      try evaluate(
        [output(conditions, without: dropped)],
        [x, t, s] + parameters.filter { !dropped.contains($0.name) } + told)[0]
    }

    func values(labels: [Double]) throws -> [Double] {
      let label = Argument("label", [3], labels)
      return try values(Conditions(label: label.tensor), [label])
    }
  }

  @Test("without conditions the layout and the initial parameters are as they always were")
  func unconditional() {
    let plain = Self.network()
    let conditional = Self.network(classes: 4, observation: 5)
    let names = plain.layout.entries.map(\.name)
    #expect(names.first == "patch.weight" && names.last == "final.bias")
    #expect(Array(conditional.layout.entries.prefix(names.count)) == plain.layout.entries)
    let added = conditional.layout.entries.dropFirst(names.count)
    #expect(added.map(\.name) == ["observation.weight", "observation.bias", "labels"])
    #expect(added.map(\.shape) == [[5, 8], [8], [5, 8]])
    let initial = conditional.initialParameters(Self.stream)
    #expect(Array(initial.prefix(plain.layout.count)) == plain.initialParameters(Self.stream))
    #expect(initial.count == conditional.layout.count)
  }

  @Test("the label table starts normal of deviation 0.02, from a stream of its own")
  func initialTable() throws {
    let network = Self.network(classes: 999)
    let table = Array(network.initialParameters(Self.stream).suffix(8000))
    let deviation = (table.reduce(0) { $0 + $1 * $1 } / 8000).squareRoot()
    #expect(abs(deviation - 0.02) < 0.001)
    #expect(
      table == Self.stream.appending("labels").normals(rows: 1000, draws: 8).map { 0.02 * $0 })
  }

  @Test("a label that is not told is the null row, which comes after the classes")
  func nullLabel() throws {
    let network = Case(Self.network(classes: 2))
    #expect(network.network.nullLabel == 2)
    let dropped = try network.values(.none, [])
    #expect(try network.values(labels: [2, 2, 2]) == dropped)
    let told = try network.values(labels: [2, 0, 1])
    #expect(Array(told.prefix(16)) == Array(dropped.prefix(16)))
    for row in [1, 2] {
      let range = row * 16..<(row + 1) * 16
      #expect(relativeDifference(Array(told[range]), Array(dropped[range])) > 1e-3)
    }
  }

  @Test("a class is a shift of the last bias of the embedded time by its row")
  func shift() throws {
    let network = Case(Self.network(classes: 2))
    let plain = Self.network()
    let table = try #require(network.parameters.last).values
    let parameters = network.parameters.dropLast().map { argument in
      guard argument.name == "parameters/time.1.bias" else { return argument }
      return argument.with(zip(argument.values, table[8..<16]).map { $0 + $1 })
    }
    let tensors = ParameterTensors(
      layout: plain.layout, prefix: "parameters", tensors: parameters.map(\.tensor))
    let want = try evaluate(
      [
        plain(
          tensors, noisy: network.x.tensor, time: network.t.tensor, endTime: network.s.tensor)
      ], [network.x, network.t, network.s] + parameters)[0]
    #expect(relativeDifference(try network.values(labels: [1, 1, 1]), want) < 1e-13)
  }

  @Test("the table's gradient is in the rows that are used, and that of central differences there")
  func tableGradient() throws {
    let network = Case(Self.network(classes: 3))
    let label = Argument("label", [3], [3, 1, 1])
    let conditions = Conditions(label: label.tensor)
    let table = try #require(network.parameters.last)
    #expect(table.name == "parameters/labels")
    let loss = mean(square(network.output(conditions)))
    let told = [network.x, network.t, network.s] + network.parameters.dropLast() + [label]
    let values = try evaluate(
      gradient(of: loss, withRespectTo: [table.tensor]), told + [table])[0]
    for row in 0..<4 {
      let isUsed = row == 1 || row == 3
      #expect(values[row * 8..<(row + 1) * 8].allSatisfy { ($0 != 0) == isUsed })
    }
    let step = 1e-5
    for element in [8, 13, 24, 31] {
      func moved(_ by: Double) throws -> Double {
        var moved = table.values
        moved[element] += by
        return try evaluate([loss], told + [table.with(moved)])[0][0]
      }
      let difference = (try moved(step) - moved(-step)) / (2 * step)
      #expect(abs(values[element] - difference) < 1e-7)
    }
  }

  @Test("an observation enters its row through a linear layer")
  func observation() throws {
    let network = Case(Self.network(observation: 2))
    func values(_ observed: [Double], without dropped: Set<String> = []) throws -> [Double] {
      let observation = Argument("observation", [3, 2], observed)
      return try network.values(
        Conditions(observation: observation.tensor), [observation], without: dropped)
    }
    let plain = try values([0.3, -0.4, 0.5, 0.6, -0.7, 0.8])
    let other = try values([0.3, -0.4, 0.5, 0.6, -0.7, 0.9])
    #expect(Array(other.prefix(32)) == Array(plain.prefix(32)))
    #expect(relativeDifference(Array(other.suffix(16)), Array(plain.suffix(16))) > 1e-3)
    let layer: Set<String> = ["parameters/observation.weight", "parameters/observation.bias"]
    #expect(
      try values([0, 0, 0, 0, 0, 0], without: ["parameters/observation.bias"])
        == values([1, 2, 3, 4, 5, 6], without: layer))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import Testing

@testable import Training

@Suite struct DecayedParametersTests {
  private let network = MultilayerPerceptron(width: 4, depth: 2, classCount: 3)

  @Test("every network says of each parameter what it is; only matrices are of role matrix")
  func roles() {
    let transformer = FlowMapTransformer(
      TransformerConfiguration(
        imageSize: 4, patchSize: 2, channels: 1, width: 8, depth: 1, heads: 2, classCount: 3,
        observationSize: 2))
    for layout in [network.layout, transformer.layout] {
      for entry in layout.entries {
        let expected: ParameterRole =
          entry.name.hasSuffix(".weight")
          ? .matrix : entry.name.hasSuffix(".bias") ? .bias : .embedding
        #expect(entry.role == expected)
      }
      #expect(Set(layout.entries.map(\.role)) == [.matrix, .bias, .embedding])
    }
  }

  @Test("stretches of equal treatment cover the vector in order, each as long as can be")
  func stretches() {
    let layout = network.layout
    #expect(layout.stretches(.all) == [DecayStretch(range: 0..<layout.count, isDecayed: true)])
    let stretches = layout.stretches(.matrices)
    #expect(stretches.map(\.isDecayed) == [true, false, true, false, true, false])
    #expect(stretches.flatMap { Array($0.range) } == Array(0..<layout.count))
    #expect(ParameterLayout().stretches(.matrices) == [])
  }

  @Test("the setting is recorded; a run from before it existed decays everything")
  func coding() throws {
    var configuration = TrainingConfiguration(optimizer: .adamW())
    configuration.decays = .matrices
    try configuration.validate()
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == configuration)
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["decays"] as? String == "matrices")
    object["decays"] = nil
    let old = try JSONDecoder().decode(
      TrainingConfiguration.self, from: try JSONSerialization.data(withJSONObject: object))
    #expect(old == TrainingConfiguration(optimizer: .adamW()))
  }

  @Test("sparing parameters from a decay that the optimiser has not is refused")
  func refusal() {
    var configuration = TrainingConfiguration(optimizer: .adam())
    configuration.decays = .matrices
    let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(error?.setting == "decayed parameters")
    #expect(error?.description.contains("adam") == true)
  }
}

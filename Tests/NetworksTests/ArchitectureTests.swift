// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Networks
import RandomStreams
import Tensors
import TestSupport
import Testing

@Suite struct ArchitectureTests {
  private static let perceptron = MultilayerPerceptron(
    width: 5, depth: 2, activation: .gelu, timeFeatures: .positional(features: 4))
  private static let transformer = FlowMapTransformer(
    TransformerConfiguration(
      imageSize: 4, patchSize: 2, channels: 1, width: 8, depth: 1, heads: 2))
  private static let unet = UNet(
    UNetConfiguration(imageSize: 4, channels: 1, blockChannels: [4, 8], groups: 2, heads: 2))
  private static let all: [Architecture] = [
    .perceptron(perceptron), .transformer(transformer), .unet(unet),
  ]

  private func decoded(_ text: String) throws -> Architecture {
    try JSONDecoder().decode(Architecture.self, from: Data(text.utf8))
  }

  private func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test("a network is written under the name of its kind, and read back")
  func coding() throws {
    for (network, kind) in zip(Self.all, ["perceptron", "transformer", "unet"]) {
      for network in [network, network.with(classCount: 3, observationSize: 2)] {
        let text = try encoded(network)
        #expect(text.hasPrefix("{\"\(kind)\":{"))
        #expect(try decoded(text) == network)
      }
    }
    #expect(try encoded(Self.all[1]).contains("\"imageSize\":4"))
  }

  @Test("the bare perceptron of earlier runs is read")
  func oldForm() throws {
    let text = """
      {"dimension": 2, "width": 5, "depth": 2, "activation": "gelu", "timeEmbedding": "endTime",
       "initializer": "lecunNormal"}
      """
    let network = MultilayerPerceptron(width: 5, depth: 2, activation: .gelu)
    #expect(try decoded(text) == .perceptron(network))
    #expect(try decoded(encoded(Self.perceptron)) == .perceptron(Self.perceptron))
  }

  @Test("a transformer that says nothing of conditions has none")
  func decodedWithoutConditions() throws {
    let text = """
      {"transformer": {"imageSize": 4, "patchSize": 2, "channels": 1, "width": 8, "depth": 1, "heads": 2}}
      """
    #expect(try decoded(text) == .transformer(Self.transformer))
  }

  @Test(
    "a transformer is written as before unless its times or modulation are others; a preset fills in sizes"
  )
  func transformerSettings() throws {
    #expect(
      try encoded(Self.all[1])
        == "{\"transformer\":{\"channels\":1,\"classCount\":0,\"depth\":1,\"heads\":2,\"imageSize\":4,"
        + "\"observationSize\":0,\"patchSize\":2,\"width\":8}}")
    let other = Architecture.transformer(
      FlowMapTransformer(
        TransformerConfiguration(
          imageSize: 4, patchSize: 2, channels: 1, width: 8, depth: 1, heads: 2,
          timeFeatures: .fourier(features: 8, scale: 3), modulation: .doublyNormalized)))
    #expect(try decoded(encoded(other)) == other)
    let preset = try decoded("{\"transformer\": {\"preset\": \"B/4\", \"channels\": 3}}")
      .transformer?
      .configuration
    #expect(
      preset
        == TransformerConfiguration(
          imageSize: 32, patchSize: 4, channels: 3, width: 768, depth: 12, heads: 12))
  }

  @Test("a U-Net that tells its levels alone has the settings of the tiny one")
  func unetDefaults() throws {
    let text = "{\"unet\": {\"imageSize\": 28, \"channels\": 1, \"blockChannels\": [32, 64, 64]}}"
    #expect(try decoded(text) == .unet(UNet(.tiny)))
  }

  @Test(
    "what is no network is refused, and the kinds are named",
    arguments: ["{}", "{\"convnet\": {}}", "{\"perceptron\": {}, \"transformer\": {}}"])
  func unknown(text: String) throws {
    do {
      _ = try decoded(text)
      Issue.record("\(text) was read")
    } catch DecodingError.dataCorrupted(let context) {
      #expect(context.debugDescription.contains("\"perceptron\", \"transformer\", \"unet\""))
    }
  }

  @Test("it is the network it names")
  func forwarding() throws {
    let stream = RandomStream(seed: 1, purpose: "test")
    for (architecture, network) in zip(
      Self.all, [Self.perceptron, Self.transformer, Self.unet] as [any Network])
    {
      #expect(architecture.dimension == network.dimension)
      #expect(architecture.layout == network.layout)
      #expect(architecture.initialParameters(stream) == network.initialParameters(stream))
    }
    #expect(Self.all[0].perceptron == Self.perceptron && Self.all[0].transformer == nil)
    #expect(Self.all[1].transformer == Self.transformer && Self.all[1].perceptron == nil)
    #expect(Self.all[2].unet == Self.unet && Self.all[0].unet == nil)
    for architecture in Self.all {
      let conditional = architecture.with(classCount: 3, observationSize: 2)
      #expect(conditional.classCount == 3 && conditional.observationSize == 2)
      #expect(conditional.with(classCount: 0) == architecture)
    }
  }

  @Test("it computes what its network computes")
  func values() throws {
    var numbers = TestNumbers(seed: 4)
    let network = Self.perceptron
    let parameters = network.layout.entries.map {
      Argument("parameters/\($0.name)", $0.shape, numbers.array($0.shape.count))
    }
    let tensors = ParameterTensors(
      layout: network.layout, prefix: "parameters", tensors: parameters.map(\.tensor))
    let x = Argument("x", [2, 2], numbers.array(4))
    let t = Argument("t", [2, 1], [0.5, 0.7])
    let s = Argument("s", [2, 1], [0.1, 0.3])
    let outputs = [Self.all[0] as any Network, network].map {
      $0(tensors, noisy: x.tensor, time: t.tensor, endTime: s.tensor)
    }
    let values = try evaluate(outputs, [x, t, s] + parameters)
    #expect(values[0] == values[1] && values[0].contains { $0 != 0 })
  }
}

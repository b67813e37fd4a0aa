// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import Testing

@Suite struct NetworkValidationTests {
  private static let gigabyte = 1_000_000_000

  private func setting(_ body: () throws -> Void) throws -> String? {
    do {
      try body()
      return nil
    } catch let error as ConfigurationError {
      #expect(error.description.contains(error.accepted))
      return error.setting
    }
  }

  @Test("memory limits a network, not a number of units")
  func memory() throws {
    let wide = MultilayerPerceptron(width: 16_384, depth: 2)
    try Architecture.perceptron(wide).validate(memory: 16 * Self.gigabyte)
    #expect(try setting { try wide.validate(memory: 8 * Self.gigabyte) } == "size of the network")
    try MultilayerPerceptron(width: 64, depth: 1024).validate(memory: Self.gigabyte)
    #expect(
      try setting {
        try MultilayerPerceptron(width: 65_536, depth: 1024).validate(memory: 100 * Self.gigabyte)
      } == "size of the network")
    let base = TransformerConfiguration(
      imageSize: 32, patchSize: 4, channels: 4, width: 768, depth: 12, heads: 12, classCount: 1000)
    let count = FlowMapTransformer(base).layout.count
    #expect((120_000_000...140_000_000).contains(count))
    try base.validate(memory: 6 * Self.gigabyte)
    #expect(try setting { try base.validate(memory: 5 * Self.gigabyte) } == "size of the network")
    #expect(TrainingMemory.available > 0)
  }

  @Test("a perceptron's sizes are checked by name")
  func perceptron() throws {
    let cases: [(String, String, String)] = [
      ("\"dimension\":2", "\"dimension\":0", "dimension"),
      ("\"width\":64", "\"width\":65537", "width"), ("\"depth\":3", "\"depth\":-1", "depth"),
      ("\"classCount\":0", "\"classCount\":-1", "classes"),
      ("\"observationSize\":0", "\"observationSize\":-2", "size of an observation"),
    ]
    let data = try JSONEncoder().encode(MultilayerPerceptron())
    let text = String(decoding: data, as: UTF8.self)
    for (old, new, name) in cases {
      let changed = text.replacingOccurrences(of: old, with: new)
      #expect(changed != text)
      let network = try JSONDecoder().decode(Architecture.self, from: Data(changed.utf8))
      #expect(try setting { try network.validate() } == name)
    }
    #expect(
      try setting {
        try MultilayerPerceptron(timeFeatures: .positional(features: 3)).validate()
      } == "time features")
  }

  @Test(
    "sizes of a transformer are checked while they are read, by name",
    arguments: [
      ("imageSize", 0, "image size"), ("patchSize", 3, "patch size"),
      ("patchSize", 0, "patch size"), ("channels", -1, "channels"), ("width", 12, "width"),
      ("width", 1 << 40, "width"), ("depth", 0, "depth"), ("heads", 0, "heads"),
      ("heads", 3, "width"), ("classCount", -1, "classes"),
      ("observationSize", -1, "size of an observation"),
    ])
  func transformer(key: String, value: Int, name: String) throws {
    var sizes = [
      "imageSize": 4, "patchSize": 2, "channels": 1, "width": 8, "depth": 1, "heads": 2,
    ]
    func read() throws {
      let data = try JSONEncoder().encode(["transformer": sizes])
      try JSONDecoder().decode(Architecture.self, from: data).validate()
    }
    try read()
    sizes[key] = value
    #expect(try setting(read) == name)
  }

  @Test("conditions set later are checked too")
  func conditions() throws {
    var configuration = TransformerConfiguration.tiny
    configuration.classCount = -1
    #expect(try setting { try configuration.validate() } == "classes")
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import Testing

@Suite struct UNetConfigurationTests {
  private func read(_ change: String) throws -> UNetConfiguration {
    let text = """
      {"imageSize": 28, "channels": 1, "blockChannels": [32, 64, 64]\(change)}
      """
    return try JSONDecoder().decode(UNetConfiguration.self, from: Data(text.utf8))
  }

  @Test("it is read back with all its settings")
  func coding() throws {
    let configuration = UNetConfiguration(
      imageSize: 8, channels: 3, blockChannels: [4, 8], layersPerBlock: 2, groups: 4,
      attentionLevels: 2, heads: 2, embeddingWidth: 16,
      timeFeatures: .fourier(features: 8, scale: 2), modulation: .doublyNormalized, classCount: 5,
      observationSize: 3)
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(UNetConfiguration.self, from: data) == configuration)
    #expect(try read("") == .tiny)
  }

  @Test(
    "sizes that no U-Net can have are refused by their name",
    arguments: [
      (", \"imageSize\": 30", "image size"), (", \"blockChannels\": []", "levels"),
      (", \"blockChannels\": [32, 63]", "63"), (", \"heads\": 5", "heads, 5"),
      (", \"attentionLevels\": 4", "levels with attention"), (", \"groups\": 0", "groups"),
      (", \"timeFeatures\": {\"positional\": {\"features\": 3}}", "time features"),
    ])
  func refusals(change: String, named: String) {
    let key = change.split(separator: "\"")[1]
    let error = #expect(throws: ConfigurationError.self) {
      var text = """
        {"imageSize": 28, "channels": 1, "blockChannels": [32, 64, 64]}
        """
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let other =
        try JSONSerialization.jsonObject(with: Data("{\(change.dropFirst(2))}".utf8))
        as? [String: Any]
      var merged = object ?? [:]
      merged[String(key)] = other?[String(key)]
      text = String(decoding: try JSONSerialization.data(withJSONObject: merged), as: UTF8.self)
      _ = try JSONDecoder().decode(UNetConfiguration.self, from: Data(text.utf8))
    }
    #expect(error?.description.contains(named) == true)
  }

  @Test("a network beyond memory is refused")
  func memory() throws {
    try UNetConfiguration.tiny.validate()
    #expect(throws: ConfigurationError.self) {
      try UNetConfiguration.tiny.validate(memory: 1 << 20)
    }
  }
}

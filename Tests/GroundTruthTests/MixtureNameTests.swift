// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import GroundTruth
import TestSupport
import Testing

@Suite struct MixtureNameTests {
  @Test("a preset's name gives the preset", arguments: MixturePreset.allCases)
  func presets(preset: MixturePreset) throws {
    #expect(try GaussianMixture.named(preset.rawValue) == preset.mixture())
  }

  @Test("a deviation behind a colon and one beside the name mean the same")
  func deviations() throws {
    let expected = try MixturePreset.single.mixture(deviation: 0.5)
    #expect(try GaussianMixture.named("single:0.5") == expected)
    #expect(try GaussianMixture.named("single", deviation: 0.5) == expected)
  }

  @Test(
    "a deviation that is none is refused",
    arguments: ["four:-1", "four:0", "four:nan", "four:inf"])
  func badDeviation(name: String) {
    #expect(throws: ConfigurationError.self) { try GaussianMixture.named(name) }
  }

  @Test("a deviation that is no number, or given twice, is refused")
  func unusableDeviation() {
    #expect(throws: ConfigurationError.self) { try GaussianMixture.named("four:wide") }
    #expect(throws: ConfigurationError.self) { try GaussianMixture.named("four:") }
    #expect(throws: ConfigurationError.self) { try GaussianMixture.named("four:1", deviation: 1) }
  }

  @Test("a JSON file gives its mixture, and takes no deviation")
  func file() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/target.json"
      let mixture = try MixturePreset.skewed3.mixture()
      try JSONEncoder().encode(mixture).write(to: URL(fileURLWithPath: path))
      #expect(
        try GaussianMixture.named(path).components.map(\.mean) == mixture.components.map(\.mean))
      #expect(throws: ConfigurationError.self) { try GaussianMixture.named(path, deviation: 1) }
      #expect(throws: ConfigurationError.self) { try GaussianMixture.named(folder) }
    }
  }

  @Test("an unknown target is answered with the presets and the nearest")
  func unknown() throws {
    let error = #expect(throws: UnknownSourceError.self) { try GaussianMixture.named("fuor") }
    let text = try #require(error).description
    #expect(text.contains("\"fuor\"") && text.contains("Did you mean four?"))
    #expect(MixturePreset.allCases.allSatisfy { text.contains($0.rawValue) })
  }
}

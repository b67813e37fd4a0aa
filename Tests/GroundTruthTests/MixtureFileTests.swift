// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Testing

@Suite struct MixtureFileTests {
  @Test("a mixture written and read is the same mixture") func roundTrip() throws {
    let mixture = try MixturePreset.spiral.mixture()
    let text = try #require(String(data: JSONEncoder().encode(mixture), encoding: .utf8))
    let file = try temporaryFile(text)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let read = try GaussianMixture(contentsOfFile: file)
    #expect(read.name == "spiral")
    for (a, b) in zip(read.components, mixture.components) {
      #expect(a.mean == b.mean && a.covariance == b.covariance && a.label == b.label)
      #expect(abs(a.weight - b.weight) < 1e-16)
    }
  }

  @Test("either key of the name serves, and labels default to indices") func names() throws {
    let rest = "\"weights\": [1, 3], \"means\": [[0], [1]], \"covariances\": [[[1]], [[2]]]"
    for (key, want) in [("\"name\": \"a\",", "a"), ("\"mixture\": \"b\",", "b"), ("", "mixture")] {
      let file = try temporaryFile("{\(key) \(rest)}")
      defer { try? FileManager.default.removeItem(atPath: file) }
      let mixture = try GaussianMixture(contentsOfFile: file)
      #expect(mixture.name == want)
      #expect(mixture.components.map(\.label) == [0, 1])
      #expect(mixture.components.map(\.weight) == [0.25, 0.75])
    }
  }

  @Test("bad files are refused with file and key") func errors() throws {
    #expect(throws: MixtureFileError.self) {
      try GaussianMixture(contentsOfFile: "/nowhere/mixture.json")
    }
    let cases = [
      ("{\"means\": [[0]], \"covariances\": [[[1]]]}", "\"weights\" is missing"),
      ("{\"weights\": [\"a\"], \"means\": [[0]], \"covariances\": [[[1]]]}", "\"weights.0\""),
      ("{\"weights\": [-1], \"means\": [[0]], \"covariances\": [[[1]]]}", "component 0"),
      ("{\"weights\": ", "not valid JSON"),
      ("[1]", "the top level"),
    ]
    for (text, part) in cases {
      let file = try temporaryFile(text)
      defer { try? FileManager.default.removeItem(atPath: file) }
      let error = #expect(throws: MixtureFileError.self) {
        try GaussianMixture(contentsOfFile: file)
      }
      #expect(error?.description.contains(file) == true)
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }
}

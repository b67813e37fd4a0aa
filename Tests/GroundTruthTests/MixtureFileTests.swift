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

  @Test(
    "brackets of any number, and what is no JSON, are refused with file, line and column",
    arguments: [1, 128, 129, 512, 513, 514])
  func brackets(count: Int) throws {
    let file = try temporaryFile(String(repeating: "[", count: count))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let error = #expect(throws: MixtureFileError.self) {
      _ = try GaussianMixture(contentsOfFile: file)
    }
    #expect(error?.description.contains("\(file): not valid JSON: line 1, column") == true)
  }

  @Test("a label that is no whole number is named, and the file is not called no JSON")
  func fractionalLabel() throws {
    let file = try temporaryFile(
      "{\"weights\": [1], \"means\": [[0]], \"covariances\": [[[1]]], \"labels\": [0.5]}")
    defer { try? FileManager.default.removeItem(atPath: file) }
    let error = #expect(throws: MixtureFileError.self) {
      _ = try GaussianMixture(contentsOfFile: file)
    }
    let text = error?.description ?? ""
    #expect(text.contains("label 0 is 0.5") && !text.contains("not valid JSON"))
  }

  @Test("a weight whose share vanishes is refused with the file, and the smallest share is kept")
  func negligibleWeight() throws {
    func file(_ weight: String) throws -> String {
      try temporaryFile(
        "{\"weights\": [\(weight), 1.7e308], \"means\": [[0], [1]], \"covariances\": [[[1]], [[1]]]}"
      )
    }
    let small = try file("5e-324")
    let kept = try file("1e-10")
    defer { for path in [small, kept] { try? FileManager.default.removeItem(atPath: path) } }
    #expect(
      throws: MixtureFileError.invalidMixture(
        file: small, error: .negligibleWeight(component: 0, value: .leastNonzeroMagnitude))
    ) {
      _ = try GaussianMixture(contentsOfFile: small)
    }
    let mixture = try GaussianMixture(contentsOfFile: kept)
    let again = try JSONDecoder().decode(
      GaussianMixture.self, from: try JSONEncoder().encode(mixture))
    #expect(again.components[0].weight > 0)
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

  private func decoded(_ text: String) throws -> GaussianMixture {
    try JSONDecoder().decode(GaussianMixture.self, from: Data(text.utf8))
  }

  @Test("full, diagonal, spherical and tied covariances are read, under either name")
  func shapes() throws {
    let means = "[[0, 1], [2, 3], [4, 5]]"
    func full(_ matrices: [[[Double]]]) throws -> GaussianMixture {
      try GaussianMixture(
        weights: [1, 2, 5], means: [[0, 1], [2, 3], [4, 5]], covariances: matrices)
    }
    let tied = [[2.0, 0.5], [0.5, 1]]
    let cases: [(type: String, text: String, want: [[[Double]]])] = [
      (
        "full", "[[[2, 0.5], [0.5, 1]], [[1, 0], [0, 1]], [[3, 0], [0, 1]]]",
        [tied, [[1, 0], [0, 1]], [[3, 0], [0, 1]]]
      ),
      (
        "diag", "[[1, 2], [3, 4], [5, 6]]",
        [[[1, 0], [0, 2]], [[3, 0], [0, 4]], [[5, 0], [0, 6]]]
      ),
      (
        "spherical", "[0.25, 0.5, 2]",
        [[[0.25, 0], [0, 0.25]], [[0.5, 0], [0, 0.5]], [[2, 0], [0, 2]]]
      ),
      ("tied", "[[2, 0.5], [0.5, 1]]", [tied, tied, tied]),
    ]
    for (type, text, want) in cases {
      let mixture = try full(want)
      for known in ["", "\"covarianceType\": \"\(type)\", "] {
        #expect(
          try decoded(
            "{\(known)\"weights\": [1, 2, 5], \"means\": \(means), \"covariances\": \(text)}")
            == mixture)
      }
      #expect(
        try decoded(
          "{\"covariance_type\": \"\(type)\", \"weights_\": [1, 2, 5], \"means_\": \(means), "
            + "\"covariances_\": \(text)}") == mixture)
    }
  }

  @Test("shapes that could be two things, or are none, are refused with what to add")
  func ambiguity() throws {
    let rest = "\"weights\": [1, 1], \"means\": [[0, 0], [1, 1]]"
    let square = "\"covariances\": [[1, 0.5], [0.5, 1]]"
    let cases = [
      ("{\(rest), \(square)}", ["covariances", "\"covarianceType\": \"diag\"", "\"tied\""]),
      ("{\(rest), \"covariances\": [[1, 1], [1, 1], [1, 1]]}", ["3 rows", "2 components"]),
      ("{\(rest), \(square), \"covarianceType\": \"round\"}", ["covarianceType", "\"spherical\""]),
      ("{\(rest), \(square), \"covarianceType\": \"full\"}", ["[K][d][d]", "2 deep"]),
      ("{\(rest), \(square), \"covariances_\": [1, 1]}", ["covariances_", "keep one"]),
      ("{\(rest), \"covariances\": [1]}", ["covariances", "expected 2"]),
      ("{\(rest), \"covariances\": [[1, 1], [1, \"a\"]]}", ["covariances.1.1"]),
      ("{\(rest), \"covariances\": 1}", ["covariances"]),
    ]
    for (text, parts) in cases {
      let file = try temporaryFile(text)
      defer { try? FileManager.default.removeItem(atPath: file) }
      let error = #expect(throws: MixtureFileError.self) {
        try GaussianMixture(contentsOfFile: file)
      }
      for part in parts {
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
      }
    }
    #expect(
      try decoded("{\(rest), \(square), \"covarianceType\": \"tied\"}").components[1].covariance
        == [[1, 0.5], [0.5, 1]])
    // One variance on the line is the same either way.
    #expect(
      try decoded("{\"weights\": [1], \"means\": [[0]], \"covariances\": [[4]]}").components[0]
        .covariance == [[4]])
  }

  @Test("what rounding in single precision leaves of symmetry is symmetric, and more is refused")
  func asymmetry() throws {
    // R D Rᵀ in single precision, by products in two orders.
    for index in 0..<200 {
      let angle = Float(index) * 0.031
      let (c, s) = (cos(angle), sin(angle))
      let (a, b): (Float, Float) = (1.7, 0.013 * Float(index + 1))
      let (first, second) = (c * a * s - s * b * c, s * a * c - c * b * s)
      let covariance = [
        [Double(c * a * c + s * b * s), Double(first)],
        [Double(second), Double(s * a * s + c * b * c)],
      ]
      let mixture = try GaussianMixture(
        weights: [1], means: [[0, 0]], covariances: [covariance])
      let found = mixture.components[0].covariance
      #expect(found[0][1] == found[1][0])
      #expect(abs(found[0][1] - (Double(first) + Double(second)) / 2) < 1e-16)
    }
    // In double precision nothing is touched: files read to the bits they always had.
    let rounded = [[0.2, 0.1], [(0.1).nextUp, 0.3]]
    #expect(
      try GaussianMixture(weights: [1], means: [[0, 0]], covariances: [rounded]).components[0]
        .covariance == rounded)
    let skewed = [[1, 0.5], [0.5 + 3e-6, 2]]
    let error = #expect(throws: MixtureError.self) {
      try GaussianMixture(weights: [1], means: [[0, 0]], covariances: [skewed])
    }
    for part in ["component 0", "[1][0]", "[0][1]", "0.500003", "1e-06"] {
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }
}

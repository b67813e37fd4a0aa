// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Testing

@Suite struct ReferenceMixtureFileTests {
  private var fixture: URL {
    get throws {
      try #require(
        Bundle.module.url(
          forResource: "mixture", withExtension: "json", subdirectory: "Fixtures"))
    }
  }

  @Test("every value of the reference file is reproduced") func reference() throws {
    let checks = try ReferenceMixtureFile(contentsOfFile: fixture.path).check()
    #expect(
      checks.map(\.quantity) == [
        "logDensity", "score", "velocity", "velocityCovariance", "velocityJacobian", "flowMap",
        "flowMapJacobian", "oneStep",
      ])
    for check in checks {
      #expect(check.passes, "\(check)")
    }
  }

  @Test(
    "one number altered beyond the tolerance is caught",
    arguments: [
      ("logDensity", 1e-9), ("score", 1e-9), ("velocity", 1e-9), ("velocityCovariance", 1e-9),
      ("velocityJacobian", 1e-9), ("flowMap", 1e-7), ("flowMapJacobian", 1e-7),
    ])
  func alteration(quantity: String, change: Double) throws {
    let leaves = try alteredDocuments(quantity, change)
    #expect(!leaves.isEmpty)
    for data in leaves {
      let file = try JSONDecoder().decode(ReferenceMixtureFile.self, from: data)
      let check = try #require(try file.check().first { $0.quantity == quantity })
      #expect(!check.passes, "\(check)")
    }
  }

  @Test("an altered one-step map is caught") func alteredOneStep() throws {
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: fixture))
    var entry = try #require((document as? [[String: Any]])?[3])
    var step = try #require((entry["oneStep"] as? [[String: Any]])?.first)
    entry["points"] = [Any]()
    for altered in alterations(of: try #require(step["flowMap"]), 1e-7) {
      step["flowMap"] = altered
      entry["oneStep"] = [step]
      let data = try JSONSerialization.data(withJSONObject: [entry])
      let checks = try JSONDecoder().decode(ReferenceMixtureFile.self, from: data).check()
      #expect(checks.last?.quantity == "oneStep" && checks.last?.passes == false)
    }
  }

  @Test("nothing compared and NaN do not pass") func emptyAndNaN() {
    #expect(
      !ReferenceCheck(quantity: "q", largestError: .nan, tolerance: 1, count: 3).passes)
    #expect(!ReferenceCheck(quantity: "q", largestError: 0, tolerance: 1, count: 0).passes)
    #expect(ReferenceCheck(quantity: "q", largestError: 1, tolerance: 1, count: 3).passes)
  }

  @Test("faults in the file are named with file and key") func faults() throws {
    let text = try String(contentsOf: fixture, encoding: .utf8)
    let cases = [
      (text.replacingOccurrences(of: "\"score\"", with: "\"scores\""), "0.points.0.score"),
      (text.replacingOccurrences(of: "\"linear\"", with: "\"cubic\""), "0.interpolant"),
      (text.replacingOccurrences(of: "\"t\": 1.0", with: "\"t\": 1.5"), "0.oneStep.0.t"),
      (text.replacingOccurrences(of: "\"x\": [", with: "\"x\": [0,"), "0.points.0.x"),
    ]
    for (text, key) in cases {
      let file = try temporaryFile(text)
      defer { try? FileManager.default.removeItem(atPath: file) }
      let error = #expect(throws: MixtureFileError.self) {
        try ReferenceMixtureFile(contentsOfFile: file)
      }
      #expect(error?.description.contains(file) == true)
      #expect(error?.description.contains("\"\(key)\"") == true, "\(String(describing: error))")
    }
  }

  /// Documents of one point each, with one number of the quantity changed by a relative amount.
  private func alteredDocuments(_ quantity: String, _ change: Double) throws -> [Data] {
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: fixture))
    var entry = try #require((document as? [[String: Any]])?[2])
    let point = try #require((entry["points"] as? [[String: Any]])?.first)
    entry["oneStep"] = [Any]()
    let value = try #require(point[quantity])
    return try alterations(of: value, change).map { altered in
      var point = point
      point[quantity] = altered
      entry["points"] = [point]
      return try JSONSerialization.data(withJSONObject: [entry])
    }
  }

  private func alterations(of value: Any, _ change: Double) -> [Any] {
    guard let list = value as? [Any] else {
      return (value as? Double).map { [$0 * (1 + change)] } ?? []
    }
    return list.indices.flatMap { index in
      alterations(of: list[index], change).map { altered in
        var list = list
        list[index] = altered
        return list
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import TestSupport
import Testing

@testable import Theory

@Suite struct ReferenceFileTests {
  @Test("each format is recognised and its values agree")
  func formats() throws {
    for fixture in ReferenceFixture.allCases {
      let file = try ReferenceFile(contentsOfFile: fixture.path)
      switch (fixture, file) {
      case (.mixture, .mixtures), (.objectives, .objectives), (.gaussian, .gaussianMinimizers):
        break
      default: Issue.record("\(fixture) was read as another format")
      }
      let checks = try file.check()
      #expect(!checks.isEmpty && checks.allSatisfy(\.passes))
    }
  }

  private func refusal(_ data: Data, name: String = "values.json") throws -> ReferenceError? {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name)"
      try data.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: ReferenceError.self) {
        _ = try ReferenceFile(contentsOfFile: path)
      }
      #expect(error?.description.contains(path) == true)
      return error
    }
  }

  @Test(
    "a key missing from a recognised format is named", arguments: ReferenceFixture.allCases)
  func missingKeys(fixture: ReferenceFixture) throws {
    let missing = [
      ReferenceFixture.mixture: "points", .objectives: "objectives", .gaussian: "dataDeviation",
    ]
    let key = try #require(missing[fixture])
    let text = try fixture.text.replacingOccurrences(of: "\"\(key)\"", with: "\"other\"")
    let error = try refusal(Data(text.utf8))
    #expect(error?.description.contains(key) == true)
  }

  @Test("tensors of no known format are refused")
  func tensors() throws {
    let header = Data("{}".utf8)
    let data = Data([UInt8(header.count), 0, 0, 0, 0, 0, 0, 0]) + header
    for name in ["tit.safetensors", "tit"] {
      let error = try refusal(data, name: name)
      guard case .unknownTensors = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("other JSON is refused as of no known format, and what is no JSON as malformed")
  func others() throws {
    for text in ["[]", "{}", "7", "[{\"answer\": 42}]", "[[1]]"] {
      guard case .unknownFormat = try refusal(Data(text.utf8)) else {
        Issue.record("\(text) is not refused as unknown")
        continue
      }
    }
    guard case .malformed = try refusal(Data("[{".utf8)) else {
      Issue.record("not refused as malformed")
      return
    }
    #expect(throws: ReferenceError.self) {
      _ = try ReferenceFile(contentsOfFile: "/nowhere/values.json")
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct VerifyTheoryTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(["verify"] + arguments)
    try command.run()
  }

  private func refusal(_ arguments: [String]) throws -> String {
    let error = #expect(throws: (any Error).self) { try run(arguments) }
    return Toylab.message(for: try #require(error))
  }

  private func results(_ path: String) throws -> [[String: Any]] {
    let data = try #require(FileManager.default.contents(atPath: path))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(root["results"] as? [[String: Any]])
  }

  @Test("a claim's findings go to a JSON file")
  func jsonFile() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/findings.json"
      try run(["--only", "1", "--json", path])
      let results = try results(path)
      #expect(results.count == 1 && results[0]["number"] as? Int == 1)
      #expect(results[0]["holds"] as? Bool == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["findings.json"])
    }
  }

  @Test("a claim named twice is checked once")
  func duplicates() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/findings.json"
      try run(["--only", "1,1", "--json", path])
      #expect(try results(path).count == 1)
    }
  }

  @Test(
    "what is no claim is refused, with those that exist",
    arguments: ["99", "0", "1,99", "", "1,", "one", "1 2"])
  func unknownClaims(only: String) throws {
    let text = try refusal(["--only", only])
    #expect(text.contains("is no claim") && text.contains("accepted are 1, "))
  }

  @Test("a place that cannot be written is refused, and nothing is left behind")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      let blocked = "\(folder)/file"
      try Data("kept".utf8).write(to: URL(fileURLWithPath: blocked))
      #expect(throws: FileError.self) {
        try run(["--only", "1", "--json", "\(blocked)/findings.json"])
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: blocked)) == Data("kept".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }

  @Test(
    "files of references leave the options of claims out",
    arguments: [["--only", "1"], ["--thorough"], ["--details"], ["--json", "findings.json"]])
  func references(options: [String]) throws {
    #expect(
      try refusal(["--reference", "file.json"] + options).contains("--reference checks files"))
  }
}

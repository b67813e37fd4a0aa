// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct SampleTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private func withRun(_ body: (_ folder: String, _ path: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try run([
        "train", "--out", "\(folder)/run", "--steps", "4", "--batch", "16", "--width", "4",
        "--depth",
        "1", "--evaluation-points", "16", "--average", "0.5", "--threads", "1",
      ])
      try body(folder, "\(folder)/run")
    }
  }

  @Test("samples are written as CSV or JSON, by the ending of the name")
  func formats() throws {
    try withRun { folder, path in
      try run(["sample", path, "--count", "20", "--out", "\(folder)/s.csv", "--average", "0.5"])
      let lines = try #require(text(at: "\(folder)/s.csv")).split(separator: "\n")
      #expect(lines.count == 21 && lines[0] == "x1,x2")
      try run(["sample", path, "--count", "20", "--out", "\(folder)/s.json", "--compare"])
      let data = try #require(FileManager.default.contents(atPath: "\(folder)/s.json"))
      #expect(
        try JSONDecoder().decode([[Double]].self, from: data).map(\.count)
          == Array(repeating: 2, count: 20))
    }
  }

  @Test(
    "a run on a uniform shape is trained, resumed, sampled and compared",
    arguments: ["plus", "moons"])
  func shapes(target: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      try run([
        "train", "--out", path, "--target", target, "--objective", "lsd", "--steps", "4", "--batch",
        "16", "--width", "4", "--depth", "1", "--evaluation-points", "16", "--threads", "1",
        "--weighting", "learned-times", "--schedule", "constant",
      ])
      try run(["train", "--out", path, "--resume", "--steps", "6", "--target", target])
      try run(["sample", path, "--count", "20", "--compare", "--out", "\(folder)/s.csv"])
      #expect(try #require(text(at: "\(folder)/s.csv")).split(separator: "\n").count == 21)
    }
  }

  @Test("a file that cannot be written leaves nothing behind")
  func unwritable() throws {
    try withRun { folder, path in
      let before = contents(of: folder)
      for out in ["\(folder)/none/s.csv", "\(path)/run.json/s.csv"] {
        #expect(throws: (any Error).self) { try run(["sample", path, "--out", out]) }
      }
      #expect(contents(of: folder) == before)
    }
  }

  @Test(
    "wrong usage is refused before anything is read",
    arguments: [
      ["--count", "0"], ["--count", "10000001"], ["--steps", "0"], ["--out", "s.txt"],
      ["--compare", "--count", "4"], ["--compare", "--count", "70000"], ["--threads", "0"],
      ["--seed", "-1"],
    ])
  func usage(options: [String]) {
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(["sample", "none"] + options) }
  }

  @Test("a folder without a run is refused")
  func noRun() throws {
    try withTemporaryFolder { folder in
      #expect(throws: (any Error).self) { try run(["sample", folder]) }
      #expect(contents(of: folder).isEmpty)
    }
  }
}

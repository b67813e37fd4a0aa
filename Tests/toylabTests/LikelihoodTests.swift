// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct LikelihoodTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  @Test("samples of a run come back with likelihoods, noise and roots")
  func samples() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      try run([
        "train", "--out", path, "--steps", "20", "--batch", "64", "--width", "8", "--depth", "1",
        "--evaluation-points", "16", "--threads", "1",
      ])
      try run([
        "sample", path, "--count", "12", "--steps", "3", "--out", "\(folder)/s.json",
        "--trajectory", "\(folder)/t.csv",
      ])
      #expect(try DelimitedText(contentsOf: "\(folder)/t.csv").rowCount == 48)
      try run(["likelihood", path, "\(folder)/s.json", "--out", "\(folder)/l.csv"])
      let table = try DelimitedText(contentsOf: "\(folder)/l.csv")
      #expect(table.columnNames == ["log_density", "error", "z1", "z2"] && table.rowCount == 12)
      try run([
        "likelihood", path, "\(folder)/s.json", "--map", "--json", "--out", "\(folder)/m.csv",
      ])
      let lines = try #require(text(at: "\(folder)/m.csv")).split(separator: "\n")
      #expect(lines.count == 13 && lines[0] == "log_density,roots")
      try AtomicFile.write(Data("1,2,3\n".utf8), to: "\(folder)/p.csv")
      #expect(throws: DimensionError.self) {
        try run(["likelihood", path, "\(folder)/p.csv"])
      }
    }
  }

  @Test(
    "wrong usage is refused before anything is read",
    arguments: [
      ["--tolerance", "0"], ["--tolerance", "nan"], ["--out", "l.json"], ["--threads", "0"],
      ["--count", "0"],
    ])
  func usage(options: [String]) {
    #expect(throws: (any Error).self) {
      try Toylab.parseAsRoot(["likelihood", "r", "p"] + options)
    }
  }
}

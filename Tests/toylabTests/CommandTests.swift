// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct CommandTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private static let small = [
    "--steps", "12", "--batch", "64", "--width", "8", "--depth", "2", "--metrics-every", "6",
    "--evaluation-points", "32",
  ]

  @Test("a training run is byte-identical for 1, 2 and 3 threads")
  func threads() throws {
    try withTemporaryFolder { folder in
      var files: [[Data?]] = []
      for threads in 1...3 {
        let path = "\(folder)/\(threads)"
        try run(["train", "--out", path, "--threads", "\(threads)"] + Self.small)
        files.append(
          ["metrics.jsonl", "checkpoints/step-000012.safetensors"].map {
            FileManager.default.contents(atPath: "\(path)/\($0)")
          })
      }
      #expect(files[0].allSatisfy { $0?.isEmpty == false })
      #expect(files[1] == files[0] && files[2] == files[0])
    }
  }

  @Test(
    "bad input is refused before anything is created",
    arguments: [
      ["--target", "nowhere"], ["--objective", "magic"], ["--interpolant", "cubic"],
      ["--deviation", "-1"], ["--deviation", "nan"], ["--steps", "0"], ["--batch", "0"],
      ["--width", "0"], ["--threads", "0"], ["--learning-rate", "nan"], ["--precision", "half"],
    ])
  func badInput(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      #expect(throws: (any Error).self) { try run(["train", "--out", path] + arguments) }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test("an unknown name is answered with those that exist")
  func suggestions() {
    let error = #expect(throws: (any Error).self) {
      try run(["train", "--out", "unused", "--objective", "isb"])
    }
    let text = error.map { Toylab.message(for: $0) } ?? ""
    #expect(text.contains("isb") && text.contains("isd"))
  }

  @Test("a figure that does not exist is refused with those that do")
  func unknownFigure() {
    let error = #expect(throws: (any Error).self) { try run(["figure", "99"]) }
    let text = error.map { Toylab.message(for: $0) } ?? ""
    #expect(text.contains("99") && text.contains("3"))
  }

  @Test("a quick figure leaves a picture and the data it was drawn from", arguments: [0, 1])
  func quickFigure(number: Int) throws {
    try withTemporaryFolder { folder in
      try run(["figure\(number)", "--out", "\(folder)/pictures", "--format", "svg"])
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      #expect(names.contains("pictures/figure\(number).svg"))
      #expect(names.contains("pictures/data/figure\(number).json"))
    }
  }
}

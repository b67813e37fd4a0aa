// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

/// Runs what a page of the documentation says that Python does with a run.
@Suite(.enabled(if: BuiltTool.path != nil)) struct ReadingRunsTests {
  private static let hasNumpy: Bool = {
    let ending = try? withTemporaryFolder {
      try BuiltTool.shell("python3 -c 'import numpy'", in: $0)
    }
    return ending?.code == 0
  }()

  /// The code of the page in a language.
  private static func code(_ language: String) throws -> String {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Runs/Runs.docc/ReadingRuns.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let block = try #require(text.components(separatedBy: "```\(language)\n").dropFirst().first)
    return try #require(block.components(separatedBy: "```").first)
  }

  @Test(
    "the reader of the page makes the samples of a run of their noise",
    .enabled(if: hasNumpy, "there is no python3 with numpy here"))
  func reader() throws {
    try withTemporaryFolder { folder in
      try Self.code("python").write(
        toFile: "\(folder)/read_run.py", atomically: true, encoding: .utf8)
      let commands = try Self.code("sh").replacing("toylab ", with: "\"$TOYLAB\" ")
        .replacing("--out runs/first", with: "--steps 300 --threads 1 --out runs/first > log")
      let made = try BuiltTool.shell("set -e\n\(commands)", in: folder)
      try #require(made.code == 0, "\(made.errors)")
      let ending = try BuiltTool.shell(
        "python3 read_run.py runs/first samples.safetensors", in: folder)
      let difference = Double(
        ending.output.trimmingCharacters(in: .whitespacesAndNewlines))
      #expect(try #require(difference, "\(ending.errors)") < 1e-6)
    }
  }

  @Test("the reader is as short as it is said to be")
  func length() throws {
    let lines = try Self.code("python").split(separator: "\n")
    #expect(lines.count <= 20)
  }
}

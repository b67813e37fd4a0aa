// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite(.enabled(if: BuiltTool.path != nil)) struct RunsCommandTests {
  private static let train =
    "$TOYLAB train --steps 6 --batch 32 --width 8 --depth 2 --metrics-every 3 --evaluation-points 16 --threads 1"

  /// Two objectives of two seeds each, and one that was taken back to its beginning.
  private static let runs =
    [
      "\(train) --out isd/0", "\(train) --out isd/1 --seed 1",
      "\(train) --objective fm --out fm/0", "\(train) --objective fm --out fm/1 --seed 1",
    ].joined(separator: " && ")

  @Test("runs are listed with their seeds together, and compared with what differs and how surely")
  func listedAndCompared() throws {
    try withTemporaryFolder { folder in
      let made = try BuiltTool.shell(Self.runs, in: folder)
      try #require(made.code == 0, "\(made.errors)")
      let listed = try BuiltTool.shell("$TOYLAB runs . --metric flowMapError", in: folder)
      #expect(listed.code == 0)
      let lines = listed.output.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(lines[2].hasPrefix("fm/0 and 1 more") && lines[2].contains("fm"))
      #expect(lines[3].contains("isd") && lines[3].contains("6 of 6") && lines[3].contains("±"))

      let json = try BuiltTool.shell("$TOYLAB runs . --json", in: folder)
      let entries = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
      #expect(entries.count == 4)
      #expect(entries.allSatisfy { $0["state"] as? String == "finished" })

      let compared = try BuiltTool.shell("$TOYLAB compare isd fm", in: folder)
      #expect(compared.code == 0)
      #expect(compared.output.contains("seeds 0, 1"))
      #expect(compared.output.contains("loss.objective"))
      #expect(compared.output.contains("p (Holm)"))
      let single = try BuiltTool.shell(
        "$TOYLAB compare isd/0 isd/1 --metric slicedWasserstein", in: folder)
      #expect(single.output.contains("Their settings are the same."))
      #expect(single.output.contains("Significance takes two seeds"))
    }
  }

  @Test("what holds no runs, or runs of several kinds, is refused by name")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let made = try BuiltTool.shell(
        "\(Self.train) --out a && \(Self.train) --width 9 --out b && mkdir empty", in: folder)
      try #require(made.code == 0, "\(made.errors)")
      for (arguments, named) in [
        ("runs nowhere", "nowhere"), ("compare a", "two runs"), ("compare a nowhere", "nowhere"),
        ("compare a empty", "empty"), ("compare a .", "2 kinds"),
        ("compare a b --metric magic", "magic"),
      ] {
        let ending = try BuiltTool.shell("$TOYLAB \(arguments)", in: folder)
        #expect(ending.code == 64, "\(arguments): \(ending.errors)")
        #expect(ending.errors.contains(named), "\(ending.errors)")
      }
      let empty = try BuiltTool.shell("$TOYLAB runs empty", in: folder)
      #expect(empty.code == 0 && empty.output.contains("No runs in empty"))
      let damaged = try BuiltTool.shell("echo x > a/run.json && $TOYLAB runs .", in: folder)
      #expect(damaged.code == 0 && damaged.errors.contains("a/run.json"))
      #expect(damaged.output.contains("b "))
    }
  }

  @Test("the doctor finds toylab in order, and names the kernels and what is optional")
  func doctor() throws {
    try withTemporaryFolder { folder in
      let ending = try BuiltTool.shell(
        "$TOYLAB doctor", in: folder, environment: ["TOYLAB_INSTRUCTION_SET": "plain"])
      #expect(ending.code == 0, "\(ending.output)")
      for subject in ["kernels", "plain", "classifiers", "letters", "Fashion-MNIST"] {
        #expect(ending.output.contains(subject))
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import FlowMaps
import GroundTruth
import Testing
import Walkthroughs

@testable import toylab

@Suite struct RootTests {
  @Test("every walkthrough has a command of its own that reads its options")
  func figures() throws {
    for walkthrough in walkthroughs {
      let name = "figure\(walkthrough.number)"
      let help = Toylab.message(for: CleanExit.helpRequest(figureCommand(walkthrough)))
      #expect(help.contains(walkthrough.title))
      #expect(throws: Never.self) {
        try Toylab.parseAsRoot([
          name, "--seed", "3", "--threads", "2", "--precision", "float64", "--out", "pictures",
          "--format", "pdf", "--thorough", "--target", "ring8",
        ])
      }
    }
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(["figure99"]) }
  }

  @Test("the help of train lists every objective by both names and every target")
  func trainHelp() {
    let help = Train.helpMessage(columns: 200)
    for objective in Objective.allCases {
      #expect(help.contains("\(objective.shortName), \(objective.rawValue)\n"))
    }
    for preset in MixturePreset.allCases { #expect(help.contains("  \(preset.rawValue) ")) }
  }

  @Test("the version is the laboratory's")
  func version() { #expect(Toylab.configuration.version == toylabVersion) }
}

@Suite struct CommandLineTextTests {
  @Test(
    "words are quoted where a shell needs it",
    arguments: [
      ("runs/a-b_1.5", "runs/a-b_1.5"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
      ("$x", "'$x'"),
    ])
  func quoting(word: String, quoted: String) { #expect(shellQuoted(word) == quoted) }

  @Test("a command is its words behind the tool's name")
  func command() {
    #expect(commandLine(["train", "--out", "my run"]) == "toylab train --out 'my run'")
  }
}

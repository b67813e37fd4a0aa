// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Foundation
import Runs
import TestSupport
import Testing
import Training

@testable import toylab

@Suite struct ResumeTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private func withRun(
    _ options: [String] = [], _ body: (_ path: String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      try run(
        [
          "train", "--out", path, "--target", "two:0.3", "--steps", "6", "--batch", "16", "--width",
          "4", "--depth", "1", "--evaluation-points", "16", "--threads", "1",
        ] + options)
      try body(path)
    }
  }

  @Test("options that agree with the run are accepted, and it is left as it was")
  func agreeing() throws {
    try withRun(["--average", "0.9"]) { path in
      let before = contents(of: path)
      try run([
        "train", "--out", path, "--resume", "--target", "two:0.3", "--width", "4", "--times",
        "relaxed", "--average", "0.9", "--steps", "6",
      ])
      try run(["train", "--out", path, "--resume", "--deviation", "0.3"])
      #expect(contents(of: path) == before)
    }
  }

  @Test(
    "options that contradict the run are refused by name with the run's value",
    arguments: [
      (["--width", "8"], "--width 8, where the run has 4"),
      (["--seed", "1"], "--seed 1, where the run has 0"),
      (["--objective", "esd"], "--objective esd, where the run has isd"),
      (["--beta", "2", "1"], "--beta 2.0 1.0"), (["--tangent-step", "0.01"], "--tangent-step"),
      (["--average", "0.9"], "--average"), (["--target", "four"], "source four"),
      (["--deviation", "0.5"], "source two:0.5, where the run has two:0.3"),
      (["--precision", "float64"], "--precision"), (["--steps", "3"], "not cut to 3"),
      (["--steps", "9"], "learning rate"),
    ])
  func contradicting(options: [String], words: String) throws {
    try withRun { path in
      let before = contents(of: path)
      let error = #expect(throws: (any Error).self) {
        try run(["train", "--out", path, "--resume"] + options)
      }
      let text = String(describing: try #require(error))
      #expect(text.contains(words))
      #expect(contents(of: path) == before)
    }
  }

  @Test("a run with a constant rate is extended")
  func extending() throws {
    try withRun(["--schedule", "constant"]) { path in
      try run(["train", "--out", path, "--resume", "--steps", "9", "--threads", "2"])
      let layout = RunLayout(path)
      #expect(try layout.checkpoints().map(\.step) == [6, 9])
      #expect(try ResolvedRun(of: layout).configuration.steps == 9)
    }
  }

  @Test("where there is no run nothing is resumed and nothing made")
  func nothing() throws {
    try withTemporaryFolder { folder in
      #expect(throws: RunFolderError.self) {
        try run(["train", "--resume", "--out", "\(folder)/none"])
      }
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test("a run is replaced only if told to")
  func overwriting() throws {
    try withRun { path in
      let again = [
        "train", "--out", path, "--steps", "4", "--batch", "16", "--evaluation-points", "16",
      ]
      #expect(throws: RunFolderError.holdsRun(path: path)) { try run(again) }
      try run(again + ["--overwrite"])
      #expect(try RunLayout(path).checkpoints().map(\.step) == [4])
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import Interpolants
import Networks
import Runs
import TestSupport
import Testing
import Training

@testable import toylab

@Suite struct ExportTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  @Test("a run's transformer is written in each type, and another run begins with it")
  func transformer() throws {
    try withTemporaryFolder { folder in
      let text = """
        {"source": "glyphs", "configuration": {"batch": 16, "steps": 2, "evaluationPoints": 16,
         "network": {"transformer": {"imageSize": 8, "patchSize": 4, "channels": 1, "width": 8, "depth": 1,
          "heads": 2}}}}
        """
      try AtomicFile.write(Data(text.utf8), to: "\(folder)/run.json")
      try run(["train", "\(folder)/run.json", "--threads", "1", "--out", "\(folder)/run"])
      let parameters = try Pretrained(run: "\(folder)/run").parameters
      let sizes = try #require(
        try Pretrained(run: "\(folder)/run").network.network.transformer?.configuration)
      for type in FloatingPointElement.allCases {
        let path = "\(folder)/\(type.rawValue).safetensors"
        try run(["export", "\(folder)/run", "--type", type.rawValue, "--out", path])
        let read = try Pretrained(published: path, as: sizes, interpolant: .linear).parameters
        #expect(relativeDifference(read, parameters) < 0x1p-8)
        if type == .float32 { #expect(read == parameters) }
      }
      try run([
        "train", "\(folder)/run.json", "--threads", "1", "--start",
        "\(folder)/bfloat16.safetensors", "--out", "\(folder)/next",
      ])
      #expect(FileSystem.exists("\(folder)/next/state.json"))
    }
  }

  @Test("a perceptron, a place that is not there and another kind of file are refused")
  func refusals() throws {
    try withTemporaryFolder { folder in
      try run([
        "train", "--out", "\(folder)/run", "--steps", "2", "--batch", "16", "--width", "4",
        "--depth", "1", "--evaluation-points", "16", "--threads", "1",
      ])
      #expect(throws: ConfigurationError.self) {
        try run(["export", "\(folder)/run", "--out", "\(folder)/a.safetensors"])
      }
      #expect(!FileSystem.exists("\(folder)/a.safetensors"))
      #expect(throws: NoFolderError.self) {
        try run(["export", "\(folder)/run", "--out", "\(folder)/no/a.safetensors"])
      }
      #expect(throws: (any Error).self) {
        try Toylab.parseAsRoot(["export", "\(folder)/run", "--out", "a.npy"])
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import Runs

@Suite struct RunLayoutTests {
  @Test("Checkpoints are named by six digits or more")
  func names() {
    let layout = RunLayout("runs/a")
    #expect(layout.checkpointPath(step: 123) == "runs/a/checkpoints/step-000123.safetensors")
    #expect(
      layout.checkpointPath(step: 12_345_678) == "runs/a/checkpoints/step-12345678.safetensors")
  }

  @Test("Checkpoints are listed by step, and other files are not")
  func listing() throws {
    try withTemporaryFolder { folder in
      let layout = RunLayout(folder)
      #expect(try layout.checkpoints().isEmpty)
      _ = try FileSystem.createFolders(layout.checkpointsPath)
      for step in [1_000_000, 20, 999_999, 0] {
        try AtomicFile.write(Data(), to: layout.checkpointPath(step: step))
      }
      for name in [
        ".step-000030.safetensors.1A2B3C4D.partial", "step-.safetensors", "step--00001.safetensors",
        "step-000040.safetensors.bak", "notes",
      ] {
        try AtomicFile.write(Data(), to: "\(layout.checkpointsPath)/\(name)")
      }
      #expect(try layout.checkpoints().map(\.step) == [0, 20, 999_999, 1_000_000])
      #expect(try layout.checkpoints().last?.path == layout.checkpointPath(step: 1_000_000))
    }
  }

  @Test("A stored configuration of another form is refused with the place of the difference")
  func configuration() throws {
    try withTemporaryFolder { folder in
      let layout = RunLayout(folder)
      #expect(throws: FileError.self) { try layout.configuration(as: [String: Int].self) }
      try AtomicFile.write(Data("{\"seed\":\"x\"}".utf8), to: layout.configurationPath)
      #expect(try layout.configuration() == ["seed": "x"])
      let error = #expect(throws: RunFolderError.self) {
        try layout.configuration(as: [String: Int].self)
      }
      #expect(error?.description.contains("run.json") == true)
      #expect(error?.description.contains("seed") == true)
    }
  }

  @Test("Brackets of any number in the files of a run are refused", arguments: [1, 512, 513, 514])
  func brackets(count: Int) throws {
    try withTemporaryFolder { folder in
      let layout = RunLayout(folder)
      let text = String(repeating: "[", count: count)
      try AtomicFile.write(Data(text.utf8), to: layout.configurationPath)
      let error = #expect(throws: RunFolderError.self) {
        try layout.configuration(as: [String: Int].self)
      }
      #expect(error?.description.contains("line 1, column") == true)
      try AtomicFile.write(Data(text.utf8), to: layout.recordPath)
      #expect(throws: RunFolderError.self) { try layout.record() }
      try AtomicFile.write(
        Data("{\"step\":1,\"loss\":\(text)}\n".utf8), to: layout.metricsPath)
      #expect(throws: RunFolderError.metrics(path: layout.metricsPath, line: 1)) {
        try layout.metrics()
      }
    }
  }

  @Test("An overwritten run comes back from every point at which the process can be killed")
  func recovery() throws {
    let moving = ".toylab-moving"
    let previous = ".toylab-previous"
    let states: [[(from: String, to: String)]] = [
      // Killed while the earlier run was moved away or back.
      [("run.json", "\(moving)/run.json")],
      [("run.json", "\(moving)/run.json"), ("checkpoints", "\(moving)/checkpoints")],
      // Killed once it was away, and while the new run was young.
      [
        ("run.json", "\(previous)/run.json"), ("checkpoints", "\(previous)/checkpoints"),
        ("metrics.jsonl", "\(previous)/metrics.jsonl"),
      ],
    ]
    for state in states {
      for isYoungRunThere in [false, true] where !isYoungRunThere || state.count == 3 {
        try withTemporaryFolder { folder in
          let layout = RunLayout(folder)
          _ = try FileSystem.createFolders(layout.checkpointsPath)
          try AtomicFile.write(Data("old".utf8), to: layout.configurationPath)
          try AtomicFile.write(Data("old".utf8), to: layout.metricsPath)
          try AtomicFile.write(Data("old".utf8), to: layout.checkpointPath(step: 5))
          let before = contents(of: folder)
          for (from, to) in state {
            _ = try FileSystem.createFolders(parentFolder(of: "\(folder)/\(to)"))
            try FileSystem.move("\(folder)/\(from)", to: "\(folder)/\(to)")
          }
          if isYoungRunThere {
            _ = try FileSystem.createFolders(layout.checkpointsPath)
            try AtomicFile.write(Data("new".utf8), to: layout.configurationPath)
          }
          try layout.recoverPrevious()
          #expect(contents(of: folder) == before)
        }
      }
    }
  }

  @Test("An overwritten run goes once the new one has a checkpoint, even if the process is killed")
  func recoveryOfTheNewRun() throws {
    try withTemporaryFolder { folder in
      let layout = RunLayout(folder)
      try AtomicFile.write(Data("old".utf8), to: layout.configurationPath)
      try layout.setAside()
      _ = try FileSystem.createFolders(layout.checkpointsPath)
      try AtomicFile.write(Data("new".utf8), to: layout.checkpointPath(step: 1))
      let new = contents(of: folder).filter { !$0.key.hasPrefix(".toylab") }
      try layout.recoverPrevious()
      #expect(contents(of: folder) == new)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import Probing
@testable import Runs

@Suite struct RunFolderTests {
  private struct Configuration: Codable, Equatable {
    var seed = 7
    var name = "a/b"
    var rate = 1e-3
  }

  private var weights: SafeTensors {
    var file = SafeTensors()
    file.setVector("parameters", [Float(1), 2])
    return file
  }

  private func row(_ step: Int) -> MetricsRow { MetricsRow(step: step, values: [("loss", 0.5)]) }

  /// A finished run with checkpoints at 10 and 20 and metrics up to 25.
  private func makeRun(_ path: String) throws {
    let run = try RunFolder(path)
    try run.writeConfiguration(Configuration())
    for step in stride(from: 5, through: 25, by: 5) { try run.append(row(step)) }
    try run.saveCheckpoint(weights, step: 10)
    try run.saveCheckpoint(weights, step: 20)
    try run.finish()
  }

  @Test("A run consists of its configuration, metrics and checkpoints")
  func parts() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/runs/first"
      try makeRun(path)
      #expect(
        contents(of: path).keys.sorted() == [
          "checkpoints", "checkpoints/step-000010.safetensors",
          "checkpoints/step-000020.safetensors", "metrics.jsonl", "run.json", "state.json",
        ])
      #expect(
        text(at: "\(path)/run.json") == """
          {
            "name" : "a/b",
            "rate" : 0.001,
            "seed" : 7
          }

          """)
      let layout = RunLayout(path)
      #expect(try layout.configuration() == Configuration())
      #expect(try layout.metrics().map(\.step) == [5, 10, 15, 20, 25])
      let latest = try #require(try layout.checkpoints().last)
      #expect(latest.step == 20)
      #expect(try SafeTensors(contentsOf: latest.path).tensors == weights.tensors)
    }
  }

  @Test("Equal runs leave equal bytes")
  func deterministicBytes() throws {
    try withTemporaryFolder { folder in
      try makeRun("\(folder)/a")
      try makeRun("\(folder)/b")
      #expect(contents(of: "\(folder)/a") == contents(of: "\(folder)/b"))
    }
  }

  @Test("A folder that holds a run or something else is refused and untouched")
  func refusal() throws {
    try withTemporaryFolder { folder in
      try makeRun("\(folder)/run")
      _ = try FileSystem.createFolders("\(folder)/other")
      try AtomicFile.write(Data("mine".utf8), to: "\(folder)/other/.notes.partial")
      try AtomicFile.write(Data("mine".utf8), to: "\(folder)/other/thesis")
      let before = contents(of: folder)
      let error = #expect(throws: RunFolderError.self) { _ = try RunFolder("\(folder)/run") }
      #expect(error == .holdsRun(path: "\(folder)/run"))
      #expect(error?.description.contains("resume it, or overwrite it") == true)
      for existing in [RunFolder.ExistingRun.refuse, .overwrite] {
        #expect(throws: RunFolderError.notARun(path: "\(folder)/other")) {
          _ = try RunFolder("\(folder)/other", existing: existing)
        }
      }
      for path in ["\(folder)/other", "\(folder)/none"] {
        #expect(throws: RunFolderError.nothingToResume(path: path)) {
          _ = try RunFolder(path, existing: .resume)
        }
      }
      #expect(contents(of: folder) == before)
    }
  }

  @Test("A folder that cannot be created is named, and no part of its path is left")
  func impossibleFolder() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data(), to: "\(folder)/file")
      let error = #expect(throws: FileError.self) { _ = try RunFolder("\(folder)/file/a/b") }
      #expect(error?.code == ENOTDIR)
      #expect(contents(of: folder) == ["file": Data()])
    }
  }

  @Test("A run that fails before its first checkpoint leaves nothing")
  func discardOfANewRun() throws {
    try withTemporaryFolder { folder in
      _ = try FileSystem.createFolders("\(folder)/empty")
      let before = contents(of: folder)
      for path in ["\(folder)/deep/er/run", "\(folder)/empty"] {
        let run = try RunFolder(path)
        try run.writeConfiguration(Configuration())
        try run.append(row(1))
        run.discardIfUnfinished()
        run.discardIfUnfinished()
        #expect(contents(of: folder) == before)
      }
    }
  }

  @Test("Discarding keeps a file that someone else has put into the folder")
  func discardKeepsForeignFiles() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder("\(folder)/run")
      try AtomicFile.write(Data("mine".utf8), to: "\(folder)/run/notes")
      run.discardIfUnfinished()
      #expect(contents(of: folder) == ["run": nil, "run/notes": Data("mine".utf8)])
    }
  }

  @Test("An overwritten run comes back if the new one fails before its first checkpoint")
  func discardOfAnOverwritingRun() throws {
    try withTemporaryFolder { folder in
      try makeRun("\(folder)/run")
      try AtomicFile.write(Data("drawn".utf8), to: "\(folder)/run/figure.png")
      let before = contents(of: folder)
      let run = try RunFolder("\(folder)/run", existing: .overwrite)
      #expect(try run.layout.checkpoints().isEmpty)
      try run.writeConfiguration(Configuration(seed: 8))
      try run.append(row(1))
      run.discardIfUnfinished()
      #expect(contents(of: folder) == before)
    }
  }

  @Test("An overwritten run is gone once the new one has a checkpoint or is finished")
  func overwriting() throws {
    try withTemporaryFolder { folder in
      try makeRun("\(folder)/run")
      let run = try RunFolder("\(folder)/run", existing: .overwrite)
      try run.saveCheckpoint(weights, step: 3)
      run.discardIfUnfinished()
      #expect(try run.layout.checkpoints().map(\.step) == [3])
      #expect(text(at: run.layout.metricsPath) == "")
      #expect(try FileSystem.names(in: "\(folder)/run") == ["checkpoints", "metrics.jsonl"])

      let next = try RunFolder("\(folder)/run", existing: .overwrite)
      try next.writeConfiguration(Configuration())
      try next.finish()
      next.discardIfUnfinished()
      #expect(try next.layout.checkpoints().isEmpty)
      #expect(
        try FileSystem.names(in: "\(folder)/run") == [
          "checkpoints", "metrics.jsonl", "run.json", "state.json",
        ])
    }
  }

  @Test("A failed checkpoint leaves the earlier ones and nothing partial")
  func failedCheckpoint() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder("\(folder)/run")
      try run.saveCheckpoint(weights, step: 10)
      try run.append(row(10))
      let before = contents(of: run.layout.checkpointsPath)
      // A folder in the place of the file makes the write fail, whoever runs the test.
      let blocked = run.layout.checkpointPath(step: 20)
      _ = try FileSystem.createFolders(blocked)
      #expect(throws: FileError(.create, blocked, code: EEXIST)) {
        try run.saveCheckpoint(weights, step: 20)
      }
      try FileSystem.removeTree(blocked)
      let partial = "\(run.layout.checkpointsPath)/.step-000020.safetensors.0A1B2C3D.partial"
      try AtomicFile.write(Data([1]), to: partial)
      run.discardIfUnfinished()
      #expect(contents(of: run.layout.checkpointsPath) == before)
      #expect(try run.layout.metrics().map(\.step) == [10])
    }
  }

  @Test("A run that cannot write its first checkpoint leaves nothing")
  func failedFirstCheckpoint() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder("\(folder)/run")
      try FileSystem.removeTree(run.layout.checkpointsPath)
      try AtomicFile.write(Data(), to: run.layout.checkpointsPath)
      let error = #expect(throws: FileError.self) { try run.saveCheckpoint(weights, step: 1) }
      #expect(error?.code == ENOTDIR)
      run.discardIfUnfinished()
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test("Resuming cuts the metrics back to the latest checkpoint and appends from there")
  func resuming() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      try makeRun(path)
      let partial = "\(path)/checkpoints/.step-000025.safetensors.0A1B2C3D.partial"
      try AtomicFile.write(Data([1]), to: partial)
      let run = try RunFolder(path, existing: .resume)
      #expect(try run.layout.metrics().map(\.step) == [5, 10, 15, 20])
      #expect(!FileSystem.exists(partial))
      try run.append(row(25))
      run.discardIfUnfinished()
      #expect(try run.layout.metrics().map(\.step) == [5, 10, 15, 20, 25])
      #expect(try run.layout.checkpoints().map(\.step) == [10, 20])
      #expect(try run.layout.configuration() == Configuration())
    }
  }

  @Test("A folder serves one run at a time")
  func exclusiveUse() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let run = try RunFolder(path)
      for existing in [RunFolder.ExistingRun.refuse, .overwrite, .resume] {
        #expect(throws: RunFolderError.inUse(path: path)) {
          _ = try RunFolder(path, existing: existing)
        }
      }
      try run.append(row(1))
      try run.saveCheckpoint(weights, step: 1)
      try run.finish()
      try RunFolder(path, existing: .resume).finish()
    }
  }

  @Test("A configuration that JSON cannot express is refused, and nothing is written")
  func inexpressibleConfiguration() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder("\(folder)/run")
      let error = #expect(throws: RunFolderError.self) {
        try run.writeConfiguration(Configuration(rate: .infinity))
      }
      #expect(error?.description.contains("rate") == true)
      #expect(!FileSystem.exists(run.layout.configurationPath))
    }
  }
}

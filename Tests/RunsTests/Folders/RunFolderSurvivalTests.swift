// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import Probing
@testable import Runs

/// What a folder holds after its process was killed, or while it is moved and removed.
@Suite struct RunFolderSurvivalTests {
  private let configuration = ["seed": 7]

  private var weights: SafeTensors {
    var file = SafeTensors()
    file.setVector("parameters", [Float(1), 2])
    return file
  }

  private func row(_ step: Int) -> MetricsRow { MetricsRow(step: step, values: [("loss", 0.5)]) }

  /// What a process that is killed before its first checkpoint leaves, with rows of metrics up to a step.
  private func leaveStart(_ path: String, rows: [Int] = [0], hasConfiguration: Bool = true) throws {
    let layout = RunLayout(path)
    _ = try FileSystem.createFolders(layout.checkpointsPath)
    try AtomicFile.write(
      Data(rows.map { row($0).line }.joined().utf8), to: layout.metricsPath)
    try AtomicFile.write(
      Data([1]), to: "\(layout.checkpointsPath)/.step-000005.safetensors.0A1B2C3D.partial")
    if hasConfiguration {
      try AtomicFile.write(Data("{\"seed\":1}\n".utf8), to: layout.configurationPath)
    }
  }

  @Test("a run that came to no step makes place for another", arguments: [true, false])
  func takenOver(hasConfiguration: Bool) throws {
    try withTemporaryFolder { folder in
      try leaveStart(folder, hasConfiguration: hasConfiguration)
      let run = try RunFolder(folder)
      try run.writeConfiguration(configuration)
      try run.append(row(0))
      try run.finish()
      #expect(try run.layout.metrics().map(\.step) == [0])
      #expect(try run.layout.configuration() == configuration)
      #expect(try FileSystem.names(in: run.layout.checkpointsPath).isEmpty)
    }
  }

  @Test(
    "a run with metrics of a step, a damaged checkpoint or a configuration alone is not taken over")
  func notTakenOver() throws {
    try withTemporaryFolder { folder in
      try leaveStart("\(folder)/a", rows: [0, 5])
      try leaveStart("\(folder)/b")
      try AtomicFile.write(
        Data(), to: "\(folder)/b/checkpoints/step-000005.safetensors.damaged")
      _ = try FileSystem.createFolders("\(folder)/c")
      try AtomicFile.write(Data("{\"seed\":1}".utf8), to: "\(folder)/c/run.json")
      let before = contents(of: folder)
      for name in ["a", "b", "c"] {
        #expect(throws: RunFolderError.holdsRun(path: "\(folder)/\(name)")) {
          _ = try RunFolder("\(folder)/\(name)")
        }
      }
      #expect(contents(of: folder) == before)
    }
  }

  @Test("a run without a checkpoint is resumed from its start, and its rows are written anew")
  func resumedFromTheStart() throws {
    try withTemporaryFolder { folder in
      try leaveStart(folder, rows: [0, 5])
      let run = try RunFolder(folder, existing: .resume)
      #expect(run.resumed == nil)
      #expect(try run.layout.metrics().isEmpty)
      run.discardIfUnfinished()
      #expect(FileSystem.exists(run.layout.configurationPath))
    }
  }

  @Test("resuming passes over damaged checkpoints and puts them aside")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder(folder, run: "a")
      try run.writeConfiguration(configuration)
      for step in [10, 20] {
        try run.append(row(step))
        try run.saveCheckpoint(weights, step: step)
      }
      try run.finish(.interrupted)
      let newest = run.layout.checkpointPath(step: 20)
      try AtomicFile.write(Data([1, 2, 3]), to: newest)
      let again = try RunFolder(folder, existing: .resume, run: "a")
      #expect(again.resumed?.step == 10 && again.damaged.count == 1)
      #expect(try again.layout.metrics().map(\.step) == [10])
      #expect(!FileSystem.exists(newest) && FileSystem.exists(newest + ".damaged"))
    }
  }

  @Test("a run that has diverged is not resumed")
  func diverged() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder(folder)
      try run.writeConfiguration(configuration)
      try run.finish(.diverged, reason: "the loss is nan")
      #expect(throws: RunFolderError.diverged(path: folder, reason: "the loss is nan")) {
        _ = try RunFolder(folder, existing: .resume)
      }
    }
  }

  @Test("the configuration fits the record at every moment of its replacement")
  func replacedConfiguration() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder(folder)
      try run.writeConfiguration(configuration)
      try run.saveCheckpoint(weights, step: 1)
      let old = try #require(FileManager.default.contents(atPath: run.layout.configurationPath))
      try run.writeConfiguration(["seed": 8])
      let record = try #require(try run.layout.record())
      #expect(record.configurations.count == 1)
      // Killed between the record and the configuration: both configurations are known.
      let between = RunRecord(
        .running, configurations: [Fingerprint(old).text] + record.configurations)
      try AtomicFile.write(Data(try JSON.page(between).utf8), to: run.layout.recordPath)
      #expect(try run.layout.configuration() == ["seed": 8])
      try AtomicFile.write(old, to: run.layout.configurationPath)
      #expect(try run.layout.configuration() == configuration)
    }
  }

  @Test("a folder that is moved gets what is written, and a strange run under its name nothing")
  func moved() throws {
    try withTemporaryFolder { folder in
      let (path, elsewhere) = ("\(folder)/run", "\(folder)/elsewhere")
      let run = try RunFolder(path)
      try run.writeConfiguration(configuration)
      try FileSystem.move(path, to: elsewhere)
      let strange = try RunFolder(path)
      try strange.writeConfiguration(["seed": 9])
      let before = contents(of: path)
      #expect(throws: RunFolderError.moved(path: path)) { try run.append(row(1)) }
      #expect(throws: RunFolderError.moved(path: path)) {
        try run.saveCheckpoint(weights, step: 1)
      }
      run.discardIfUnfinished()
      #expect(contents(of: path) == before)
      #expect(try RunLayout(elsewhere).checkpoints().map(\.step) == [1])
      #expect(try RunLayout(elsewhere).metrics().map(\.step) == [1])
      #expect(try RunLayout(elsewhere).configuration() == configuration)
      _ = try RunFolder(elsewhere, existing: .resume)
    }
  }

  @Test("a folder that is removed is not said to hold the run, and is not made again")
  func removed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let run = try RunFolder(path)
      try run.writeConfiguration(configuration)
      try FileSystem.removeTree(path)
      let error = #expect(throws: RunFolderError.self) {
        try run.saveCheckpoint(weights, step: 1)
      }
      #expect(error == .removed(path: path))
      #expect(error?.description.contains("nothing of it is kept") == true)
      #expect(throws: RunFolderError.removed(path: path)) { try run.finish() }
      run.discardIfUnfinished()
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test(
    "a folder whose files are being removed gets no more of them",
    arguments: ["run.json", "metrics.jsonl"])
  func partRemoved(name: String) throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder(folder)
      try run.writeConfiguration(configuration)
      try run.saveCheckpoint(weights, step: 1)
      try FileSystem.removeTree("\(folder)/\(name)")
      try FileSystem.removeTree(run.layout.recordPath)
      #expect(throws: RunFolderError.partRemoved(path: "\(folder)/\(name)")) {
        try run.append(row(2))
      }
      run.discardIfUnfinished()
      #expect(!FileSystem.exists(run.layout.recordPath))
    }
  }
}

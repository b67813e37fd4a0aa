// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing
import Training

@testable import Runs

@Suite struct RunLayoutCheckpointsTests {
  private func data(of run: String) -> Data {
    var file = SafeTensors()
    file.setVector("parameters", [Float(1), 2])
    return CheckpointFile.encoded(file, of: run)
  }

  private func withCheckpoints(_ body: (RunLayout) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let layout = RunLayout(folder)
      _ = try FileSystem.createFolders(layout.checkpointsPath)
      for step in [10, 20, 30] {
        try AtomicFile.write(data(of: "a"), to: layout.checkpointPath(step: step))
      }
      try body(layout)
    }
  }

  @Test("the latest is taken where it is sound, and the one before where it is not")
  func latest() throws {
    try withCheckpoints { layout in
      let newest = try layout.latestCheckpoint(of: "a")
      #expect(newest.sound?.step == 30 && newest.damaged.isEmpty)
      try AtomicFile.write(data(of: "a").dropLast(3), to: layout.checkpointPath(step: 30))
      try AtomicFile.write(Data(), to: layout.checkpointPath(step: 20))
      let older = try layout.latestCheckpoint(of: "a")
      #expect(older.sound?.step == 10 && older.damaged.count == 2)
      try layout.setAside(older.damaged)
      #expect(try layout.checkpoints().map(\.step) == [10])
      #expect(FileSystem.exists(layout.checkpointPath(step: 30) + ".damaged"))
    }
  }

  @Test("the checkpoint of another run is no damage to look past, but refused")
  func foreign() throws {
    try withCheckpoints { layout in
      let path = layout.checkpointPath(step: 30)
      try AtomicFile.write(data(of: "b"), to: path)
      #expect(throws: CheckpointFileError.foreign(path: path, run: "b", expected: "a")) {
        _ = try layout.latestCheckpoint(of: "a")
      }
      #expect(try layout.latestCheckpoint(of: nil).sound?.step == 30)
    }
  }

  @Test("a folder without checkpoints has no latest one")
  func none() throws {
    try withTemporaryFolder { folder in
      let found = try RunLayout(folder).latestCheckpoint(of: nil)
      #expect(found.sound == nil && found.damaged.isEmpty)
    }
  }
}

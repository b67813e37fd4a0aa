// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Runs
import TestSupport
import Testing

@Suite struct RunRecordTests {
  private func withConfiguration(_ body: (RunLayout) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder(folder, run: "0123")
      try run.writeConfiguration(["seed": 7])
      try run.finish()
      try body(run.layout)
    }
  }

  @Test(
    "the state of a run is text in a file of its own, with the fingerprint of its configuration")
  func contentsOfTheFile() throws {
    try withConfiguration { layout in
      let data = try #require(FileManager.default.contents(atPath: layout.configurationPath))
      #expect(
        try layout.record()
          == RunRecord(.finished, run: "0123", configurations: [Fingerprint(data).text]))
      #expect(text(at: layout.recordPath)?.contains("\"state\" : \"finished\"") == true)
    }
  }

  @Test("a configuration with any bit flipped is refused by name")
  func changedConfiguration() throws {
    try withConfiguration { layout in
      let data = try #require(FileManager.default.contents(atPath: layout.configurationPath))
      for bit in 0..<8 * data.count {
        var flipped = data
        flipped[bit / 8] ^= 1 << (bit % 8)
        try AtomicFile.write(flipped, to: layout.configurationPath)
        let error = #expect(throws: RunFolderError.self) {
          _ = try layout.configuration(as: [String: Int].self)
        }
        #expect(error == .changed(path: layout.configurationPath, record: layout.recordPath))
      }
      try AtomicFile.write(data, to: layout.configurationPath)
      #expect(try layout.configuration() == ["seed": 7])
    }
  }

  @Test("a record that is no record is named, and without one the configuration is read unchecked")
  func noRecord() throws {
    try withConfiguration { layout in
      try AtomicFile.write(Data("{\"state\":\"walking\"}".utf8), to: layout.recordPath)
      let error = #expect(throws: RunFolderError.self) { _ = try layout.record() }
      #expect(error?.description.contains(layout.recordPath) == true)
      try FileSystem.removeTree(layout.recordPath)
      #expect(try layout.record() == nil)
      try AtomicFile.write(Data("{\"seed\":8}".utf8), to: layout.configurationPath)
      #expect(try layout.configuration() == ["seed": 8])
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct OpenFileTests {
  @Test("A file that is not there is named, with the system's reason")
  func missingFile() {
    let error = #expect(throws: FileError.self) { _ = try OpenFile("/no/such/file", .read).path }
    #expect(error == FileError(.open, "/no/such/file", code: ENOENT))
    #expect(error?.description == "Cannot open /no/such/file: No such file or directory.")
  }

  @Test("Creating does not open a file that exists")
  func createIsExclusive() throws {
    try withTemporaryFolder { folder in
      var file = try OpenFile("\(folder)/a", .create)
      try file.write(Data("one".utf8))
      try file.close()
      let error = #expect(throws: FileError.self) { _ = try OpenFile("\(folder)/a", .create).path }
      #expect(error?.code == EEXIST)
      #expect(text(at: "\(folder)/a") == "one")
    }
  }

  @Test("Long data is written and read back whole")
  func longData() throws {
    try withTemporaryFolder { folder in
      let data = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      var file = try OpenFile("\(folder)/a", .create)
      try file.write(data)
      let length = try file.length()
      try file.close()
      let read = try OpenFile("\(folder)/a", .read).readAll()
      #expect(length == data.count)
      #expect(read == data)
    }
  }

  @Test("A file that was removed is known as such")
  func removedFile() throws {
    try withTemporaryFolder { folder in
      let file = try OpenFile("\(folder)/a", .create)
      let before = file.isRemoved
      try FileSystem.removeTree("\(folder)/a")
      let afterwards = file.isRemoved
      #expect(!before && afterwards)
    }
  }

  #if os(Linux)
    @Test("A full disk is reported by the write")
    func fullDisk() throws {
      let file = try OpenFile("/dev/full", .append)
      #expect(throws: FileError(.write, "/dev/full", code: ENOSPC)) { try file.write(Data([1])) }
    }
  #endif

  @Test("A closed file reports that it is closed")
  func closedFile() throws {
    try withTemporaryFolder { folder in
      var file = try OpenFile("\(folder)/a", .create)
      try file.close()
      let error = #expect(throws: FileError.self) { try file.write(Data([1])) }
      #expect(error?.code == EBADF)
    }
  }

  @Test("A pipe in the place of a file is refused at once, whatever is to be done with it")
  func pipes() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      for mode in [OpenFile.Mode.read, .append] {
        let error = #expect(throws: FileError.self) { _ = try OpenFile(path, mode).path }
        #expect(error?.reason.contains("a pipe") == true)
      }
      #expect(throws: FileError.self) { _ = try FileKind(ofFile: path) }
      #expect(throws: FileError.self) { _ = try FileSystem.contents(of: path) }
      #expect(throws: FileError.self) { _ = try MappedArrayFile(contentsOf: path) }
    }
  }

  @Test("A device is not read, nor a folder")
  func devices() throws {
    try withTemporaryFolder { folder in
      #expect(symlink("/dev/zero", "\(folder)/endless") == 0)
      let error = #expect(throws: FileError.self) {
        _ = try FileSystem.contents(of: "\(folder)/endless")
      }
      #expect(error?.reason.contains("a device") == true)
      #expect(throws: FileError(.open, folder, code: EISDIR)) {
        _ = try FileSystem.contents(of: folder)
      }
    }
  }

  @Test("A file is read in parts that meet without a gap")
  func parts() throws {
    try withTemporaryFolder { folder in
      let data = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 37) })
      try data.write(to: URL(fileURLWithPath: "\(folder)/a"))
      let file = try OpenFile("\(folder)/a", .read)
      let parts = [try file.nextBytes(8), try file.nextBytes(1_500_000), try file.readAll()]
      #expect(parts.map(\.count) == [8, 1_500_000, 1_499_993])
      #expect(parts.reduce(Data(), +) == data)
    }
  }
}

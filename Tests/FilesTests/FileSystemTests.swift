// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Files

@Suite struct FileSystemTests {
  @Test("Only the folders that were missing are created and reported")
  func createFolders() throws {
    try withTemporaryFolder { folder in
      let all = try FileSystem.createFolders("\(folder)/a/b/c")
      let last = try FileSystem.createFolders("\(folder)/a/b/d")
      let none = try FileSystem.createFolders("\(folder)/a")
      #expect(all == ["\(folder)/a", "\(folder)/a/b", "\(folder)/a/b/c"])
      #expect(last == ["\(folder)/a/b/d"])
      #expect(none.isEmpty)
    }
  }

  @Test("folders made side by side below one that is missing do not get in each other's way")
  func createFoldersSideBySide() throws {
    try withTemporaryFolder { folder in
      for round in 0..<50 {
        let failures = Mutex<[FileError]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { index in
          do throws(FileError) {
            _ = try FileSystem.createFolders("\(folder)/\(round)/shared/\(index)")
          } catch {
            failures.withLock { $0.append(error) }
          }
        }
        let found = failures.withLock { $0 }
        #expect(found.isEmpty)
        let names = try FileSystem.names(in: "\(folder)/\(round)/shared")
        #expect(names.count == 4)
      }
    }
  }

  @Test("A folder cannot be created in place of a file or under one")
  func createFolderOnFile() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data(), to: "\(folder)/file")
      for path in ["\(folder)/file", "\(folder)/file/a", "\(folder)/file/a/b"] {
        let error = #expect(throws: FileError.self) { try FileSystem.createFolders(path) }
        #expect(error?.code == ENOTDIR)
      }
    }
  }

  @Test("Names are listed in the order of their bytes, hidden ones included")
  func names() throws {
    try withTemporaryFolder { folder in
      for name in ["b", "a", ".c", "B"] { try AtomicFile.write(Data(), to: "\(folder)/\(name)") }
      #expect(try FileSystem.names(in: folder) == [".c", "B", "a", "b"])
      #expect(throws: FileError(.list, "\(folder)/none", code: ENOENT)) {
        try FileSystem.names(in: "\(folder)/none")
      }
    }
  }

  @Test("Removing a tree does not follow links out of it")
  func removeTree() throws {
    try withTemporaryFolder { folder in
      _ = try FileSystem.createFolders("\(folder)/tree/inner")
      try AtomicFile.write(Data(), to: "\(folder)/tree/inner/a")
      try AtomicFile.write(Data("kept".utf8), to: "\(folder)/outside")
      #expect(symlink("\(folder)/outside", "\(folder)/tree/link") == 0)
      #expect(symlink(folder, "\(folder)/tree/up") == 0)
      try FileSystem.removeTree("\(folder)/tree")
      try FileSystem.removeTree("\(folder)/tree")
      #expect(contents(of: folder) == ["outside": Data("kept".utf8)])
    }
  }

  @Test("Folders are made along a path that goes up again from one that was not there")
  func throughMissingFolder() throws {
    try withTemporaryFolder { folder in
      _ = try FileSystem.createFolders("\(folder)/a/../b/c")
      #expect(FileSystem.isFolder("\(folder)/b/c"))
      try FileSystem.checkWritable("\(folder)/d/../e")
      #expect(!FileSystem.exists("\(folder)/e"))
    }
  }
}

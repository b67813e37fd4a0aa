// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct AtomicFileTests {
  private struct Refusal: Error {}

  @Test("A file is written, and replaced by the next")
  func writeAndReplace() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data("one".utf8), to: "\(folder)/a")
      try AtomicFile.write(Data("two, longer".utf8), to: "\(folder)/a")
      try AtomicFile.write(Data("3".utf8), to: "\(folder)/a")
      #expect(contents(of: folder) == ["a": Data("3".utf8)])
    }
  }

  @Test("When the contents fail half-way, the old file stays and nothing else does")
  func failureKeepsTheOldFile() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data("old".utf8), to: "\(folder)/a")
      #expect(throws: Refusal.self) {
        try AtomicFile.replace("\(folder)/a") { file in
          try file.write(Data("half".utf8))
          #expect(contents(of: folder).count == 2)
          throw Refusal()
        }
      }
      #expect(throws: Refusal.self) {
        try AtomicFile.replace("\(folder)/new") { _ in throw Refusal() }
      }
      #expect(contents(of: folder) == ["a": Data("old".utf8)])
    }
  }

  @Test("The old file stays readable until the new one is complete")
  func replacementIsOneStep() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data("old".utf8), to: "\(folder)/a")
      try AtomicFile.replace("\(folder)/a") { file in
        try file.write(Data("new".utf8))
        #expect(text(at: "\(folder)/a") == "old")
      }
      #expect(text(at: "\(folder)/a") == "new")
    }
  }

  @Test("A folder that cannot be written is named with the reason")
  func unwritableFolder() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data(), to: "\(folder)/file")
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write(Data([1]), to: "\(folder)/file/a")
      }
      #expect(error?.code == ENOTDIR)
      #expect(error?.path.hasPrefix("\(folder)/file/") == true)
      let missing = #expect(throws: FileError.self) {
        try AtomicFile.write(Data([1]), to: "\(folder)/none/a")
      }
      #expect(missing?.code == ENOENT)
      #expect(contents(of: folder) == ["file": Data()])
    }
  }

  @Test("What is not a regular file is not replaced")
  func onlyRegularFiles() throws {
    try withTemporaryFolder { folder in
      for path in [folder, "/dev/null"] {
        #expect(throws: FileError(.create, path, code: EEXIST)) {
          try AtomicFile.write(Data([1]), to: path)
        }
      }
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test("A link is followed and permissions are kept")
  func linksAndPermissions() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data("old".utf8), to: "\(folder)/a")
      #expect(chmod("\(folder)/a", 0o640) == 0)
      #expect(symlink("a", "\(folder)/link") == 0)
      try AtomicFile.write(Data("new".utf8), to: "\(folder)/link")
      #expect(text(at: "\(folder)/a") == "new")
      let manager = FileManager.default
      #expect(try manager.destinationOfSymbolicLink(atPath: "\(folder)/link") == "a")
      let permissions = try manager.attributesOfItem(atPath: "\(folder)/a")[.posixPermissions]
      #expect((permissions as? NSNumber)?.intValue == 0o640)
    }
  }

  @Test("Paths split into folder and name")
  func pathParts() {
    #expect(parentFolder(of: "a") == "." && fileName(of: "a") == "a")
    #expect(parentFolder(of: "/a") == "/" && fileName(of: "/a") == "a")
    #expect(parentFolder(of: "b/c/a") == "b/c" && fileName(of: "b/c/a") == "a")
  }
}

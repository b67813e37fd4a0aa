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
          #expect(contents(of: folder).keys.filter { !$0.hasPrefix(".") } == ["a"])
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

  #if os(Linux)
    @Test(
      "While a file is written nothing of it is seen, so that nothing is left if the process ends")
    func nothingIsSeen() throws {
      try withTemporaryFolder { folder in
        try AtomicFile.replace("\(folder)/a") { file in
          try file.write(Data("half".utf8))
          #expect(contents(of: folder).isEmpty)
        }
        #expect(contents(of: folder) == ["a": Data("half".utf8)])
      }
    }
  #endif

  @Test(
    "What an ended process left of a file goes with its next write; what is being written stays")
  func remains() throws {
    try withTemporaryFolder { folder in
      let (left, held, other) = (
        ".a.0A1B2C3D.partial", ".a.1A1B2C3D.partial", ".b.2A1B2C3D.partial"
      )
      for name in [left, held, other] {
        try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
        #expect(utimes("\(folder)/\(name)", &times) == 0)
      }
      let writer = open("\(folder)/\(held)", O_RDONLY)
      #expect(flock(writer, LOCK_EX | LOCK_NB) == 0)
      try AtomicFile.write(Data([2]), to: "\(folder)/a")
      close(writer)
      #expect(contents(of: folder).keys.sorted() == [held, other, "a"])
    }
  }

  @Test(
    "Names of every length that the file system takes are written", arguments: [1, 237, 238, 255])
  func longNames(length: Int) throws {
    try withTemporaryFolder { folder in
      // The last letters are of two bytes, which are not torn apart.
      let name =
        String(repeating: "n", count: length % 2) + String(repeating: "é", count: length / 2)
      try AtomicFile.write(Data([1]), to: "\(folder)/\(name)")
      try AtomicFile.write(Data([2]), to: "\(folder)/\(name)")
      #expect(contents(of: folder) == [name: Data([2])])
    }
  }

  @Test("A link to nothing stays a link: the file it names is made")
  func danglingLinks() throws {
    try withTemporaryFolder { folder in
      #expect(mkdir("\(folder)/inside", 0o700) == 0)
      #expect(symlink("inside/file", "\(folder)/link") == 0)
      #expect(symlink("link", "\(folder)/second") == 0)
      try AtomicFile.write(Data("new".utf8), to: "\(folder)/second")
      #expect(text(at: "\(folder)/inside/file") == "new")
      let manager = FileManager.default
      #expect(try manager.destinationOfSymbolicLink(atPath: "\(folder)/second") == "link")
      #expect(symlink("round", "\(folder)/round") == 0)
      #expect(throws: FileError.self) {
        try AtomicFile.write(Data([1]), to: "\(folder)/round")
      }
    }
  }
}

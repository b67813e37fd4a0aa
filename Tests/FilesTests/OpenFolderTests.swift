// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct OpenFolderTests {
  @Test(
    "What is written goes into the folder that was opened, not into one that has taken its name")
  func moved() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a"
      _ = try FileSystem.createFolders("\(path)/inner")
      let open = try OpenFolder(path)
      let before = open.place
      try FileSystem.move(path, to: "\(folder)/b")
      let alone = open.place
      _ = try FileSystem.createFolders("\(path)/inner")
      try open.write(Data("mine".utf8), to: "file")
      try open.folder("inner").write(Data("too".utf8), to: "file")
      try open.file("log", .append).write(text: "line")
      let afterwards = open.place
      #expect(before == .inPlace && alone == .moved && afterwards == .moved)
      #expect(
        contents(of: folder) == [
          "a": nil, "a/inner": nil, "b": nil, "b/inner": nil, "b/file": Data("mine".utf8),
          "b/inner/file": Data("too".utf8), "b/log": Data("line".utf8),
        ])
    }
  }

  @Test("A folder that was removed is known as such, also where another has its name")
  func removed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a"
      _ = try FileSystem.createFolders(path)
      let open = try OpenFolder(path)
      try FileSystem.removeTree(path)
      let alone = open.place
      _ = try FileSystem.createFolders(path)
      let replaced = open.place
      #expect(alone == .removed && replaced == .removed)
      let error = #expect(throws: FileError.self) { try open.write(Data([1]), to: "file") }
      #expect(error == FileError(.create, "\(path)/file", code: ENOENT))
      #expect(contents(of: folder) == ["a": nil])
    }
  }

  @Test("A folder is locked for one holder at a time")
  func locking() throws {
    try withTemporaryFolder { folder in
      var first: OpenFolder? = try OpenFolder(folder)
      let second = try OpenFolder(folder)
      let answers = [first?.lock() ?? false, second.lock()]
      first = nil
      let answerAfterwards = second.lock()
      #expect(answers == [true, false])
      #expect(answerAfterwards)
    }
  }

  @Test("A file is replaced with its permissions, a link by a file")
  func replacing() throws {
    try withTemporaryFolder { folder in
      let open = try OpenFolder(folder)
      let heldBefore = open.holds("a")
      try open.write(Data("old".utf8), to: "a")
      let heldAfterwards = open.holds("a")
      #expect(!heldBefore && heldAfterwards)
      #expect(chmod("\(folder)/a", 0o640) == 0)
      #expect(symlink("a", "\(folder)/link") == 0)
      try open.write(Data("new".utf8), to: "a")
      try open.write(Data("own".utf8), to: "link")
      #expect(contents(of: folder) == ["a": Data("new".utf8), "link": Data("own".utf8)])
      let permissions = try FileManager.default.attributesOfItem(atPath: "\(folder)/a")[
        .posixPermissions]
      #expect((permissions as? NSNumber)?.intValue == 0o640)
    }
  }

  @Test("What is no folder is not opened, and what is no file not replaced")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let open = try OpenFolder(folder)
      try open.write(Data(), to: "file")
      #expect(throws: FileError(.open, "\(folder)/file", code: ENOTDIR)) {
        _ = try OpenFolder("\(folder)/file").path
      }
      _ = try FileSystem.createFolders("\(folder)/inner")
      #expect(throws: FileError(.create, "\(folder)/inner", code: EEXIST)) {
        try open.write(Data([1]), to: "inner")
      }
      #expect(contents(of: folder) == ["file": Data(), "inner": nil])
    }
  }
}

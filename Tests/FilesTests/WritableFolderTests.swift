// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct WritableFolderTests {
  @Test("a folder that can be written is left as it was, also one that does not exist")
  func leavesNothing() throws {
    try withTemporaryFolder { folder in
      try FileSystem.checkWritable("\(folder)/a/b/c")
      try FileSystem.checkWritable(folder)
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test("a file in the way is found out")
  func fileInTheWay() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
      for path in ["\(folder)/file", "\(folder)/file/below"] {
        #expect(throws: FileError.self) { try FileSystem.checkWritable(path) }
      }
      #expect(contents(of: folder).keys.sorted() == ["file"])
    }
  }

  @Test(
    "a folder in which nothing can be created is found out", arguments: ["/dev/null/x", "/proc/x"])
  func unwritable(path: String) {
    #expect(throws: FileError.self) { try FileSystem.checkWritable(path) }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct FileKindTests {
  private static let cases: [(Data, FileKind)] = [
    (Data(), .empty),
    (Data([0x93] + Array("NUMPY".utf8)), .numpyArray),
    (Data(Array("PK".utf8) + [3, 4, 20, 0]), .zipArchive),
    (Data(Array("PK".utf8) + [5, 6] + [UInt8](repeating: 0, count: 18)), .zipArchive),
    (Data([0x1F, 0x8B, 8, 0]), .gzip),
    (Data([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)), .safeTensors),
    (Data([0xFF, 0xFE, 0x31, 0]), .utf16Text),
    (Data([0xFE, 0xFF, 0, 0x31]), .utf16Text),
    (Data("\n\t {\"a\": 1}".utf8), .json),
    (Data("\u{FEFF}[1, 2]".utf8), .json),
    (Data("1,2\r\n3,4\n".utf8), .text),
    (Data("PK,1\n".utf8), .text),
    (Data(" \n".utf8), .text),
    (Data([0x31, 0, 0x32]), .binary),
    (Data([0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A, 0, 0, 0, 0x0D]), .binary),
  ]

  @Test("a file is known by its first bytes", arguments: cases)
  func kinds(data: Data, kind: FileKind) {
    #expect(FileKind(of: data) == kind)
    // A slice does not begin at zero.
    #expect(FileKind(of: (Data([7, 7, 7]) + data).dropFirst(3)) == kind)
  }

  @Test("every kind has its own words")
  func words() {
    #expect(Set(FileKind.allCases.map(\.description)).count == FileKind.allCases.count)
  }
}

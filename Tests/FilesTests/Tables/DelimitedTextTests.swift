// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct DelimitedTextTests {
  @Test("a file is read with its names, and its rows know their lines")
  func file() throws {
    try withTemporaryFolder { folder in
      let text = "# made by hand\n\nx,y\n1,2\n3,4\n\n# more\n5,6\n7,8\n"
      try AtomicFile.write(Data(text.utf8), to: "\(folder)/points.csv")
      let table = try DelimitedText(contentsOf: "\(folder)/points.csv")
      #expect(table.columnNames == ["x", "y"])
      #expect(table.columnCount == 2 && table.rowCount == 4 && table.separator == .comma)
      #expect(table.values == [1, 2, 3, 4, 5, 6, 7, 8])
      #expect((0..<4).map(table.line) == [4, 5, 8, 9])
    }
  }

  @Test("a file that is not there is the system's error")
  func missingFile() {
    #expect(throws: FileError(.open, "/no/such/file", code: ENOENT)) {
      try DelimitedText(contentsOf: "/no/such/file")
    }
  }

  @Test(
    "what is no text is refused by the name of its kind",
    arguments: [
      ("[1, 2]", FileKind.json), ("  {\"points\": []}", .json), ("\u{93}NUMPY", .binary),
    ])
  func otherText(text: String, kind: FileKind) {
    let data = kind == .json ? Data(text.utf8) : Data([0, 1, 2])
    #expect(throws: DelimitedTextError(path: "a", problem: .wrongKind(kind))) {
      try DelimitedText(data: data, path: "a")
    }
  }

  @Test("arrays and tensors are refused by name where a table is expected")
  func arrays() {
    let tensors = Data([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8))
    for (data, kind) in [
      (NumpyArray.encoded([1.0], shape: [1]), FileKind.numpyArray), (tensors, .safeTensors),
      (Data([0xFF, 0xFE, 0x31, 0]), .utf16Text),
    ] {
      #expect(throws: DelimitedTextError(path: "a", problem: .wrongKind(kind))) {
        try DelimitedText(data: data, path: "a")
      }
    }
  }

  @Test("bytes changed, removed or added at random are read or refused, never more")
  func hostileBytes() throws {
    var generator = SeededGenerator(seed: 1)
    let texts = [
      "\u{FEFF}\"x\",\"y \"\"z\"\r\n1.5,-2e3\r\n3,4\r\n", "a\tb\n1\t2\n", " 1 2\n 3  4 \n# end",
      "1;2",
    ]
    let alphabet = Array("0123456789,;\t \"'\r\n#.eE+-naif\u{FEFF}ä".utf8) + [0, 0xFF, 0x93]
    for _ in 0..<20_000 {
      var bytes = Array(texts[Int.random(in: 0..<texts.count, using: &generator)].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      do {
        let table = try DelimitedText(data: Data(bytes), path: "a")
        #expect(table.values.count == table.rowCount * table.columnCount && table.rowCount > 0)
        let isFinite = table.values.allSatisfy { $0.isFinite }
        #expect(isFinite)
      } catch {
        #expect(!error.description.isEmpty && !error.description.contains("\n"))
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Files

@Suite struct TextPositionTests {
  @Test(
    "lines end with LF, CR LF or CR, and a character of several bytes counts once",
    arguments: [
      ("ab\ncX", 2, 2), ("ab\r\ncX", 2, 2), ("ab\rcX", 2, 2), ("\n\n\nX", 4, 1), ("\r\r\nX", 3, 1),
      ("äöX", 1, 3), ("😀\n€X", 2, 2), ("\u{FEFF}aX", 1, 2), ("X", 1, 1),
    ])
  func places(text: String, line: Int, column: Int) throws {
    let bytes = Array(text.utf8)
    let offset = try #require(bytes.firstIndex(of: UInt8(ascii: "X")))
    let position = bytes.withUnsafeBufferPointer { TextPosition(ofByte: offset, in: $0) }
    #expect(position == TextPosition(line: line, column: column))
    #expect(position.description == "line \(line), column \(column)")
  }

  @Test("a text is valid UTF-8 exactly when the standard library says so")
  func validity() {
    var generator = SeededGenerator(seed: 1)
    // Bytes that begin or continue characters meet each other in every way.
    let alphabet: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    var validCount = 0
    for _ in 0..<200_000 {
      let bytes = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      let invalid = bytes.withUnsafeBufferPointer { firstInvalidUTF8(in: $0) }
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect((invalid == nil) == isValid, "\(bytes)")
      validCount += isValid ? 1 : 0
    }
    #expect(validCount > 1000)
  }

  @Test("the first invalid byte is found behind long ASCII text, and a cut character at the end")
  func place() {
    for count in 0..<40 {
      let bytes = [UInt8](repeating: 0x61, count: count) + [0xE4, 0x62]
      #expect(bytes.withUnsafeBufferPointer { firstInvalidUTF8(in: $0) } == count)
      let cut = [UInt8](repeating: 0x61, count: count) + [0xF0, 0x9F, 0x98]
      #expect(cut.withUnsafeBufferPointer { firstInvalidUTF8(in: $0) } == count)
    }
  }

  @Test("a quoted text stays short and on one line")
  func excerpts() {
    #expect(excerpt("abc".utf8) == "\"abc\"")
    #expect(excerpt("a\nb\u{200B}\u{1B}".utf8) == "\"a\\u{a}b\\u{200b}\\u{1b}\"")
    #expect(excerpt(String(repeating: "ä", count: 40).utf8).hasSuffix("ää\""))
    #expect(excerpt(String(repeating: "x", count: 41).utf8).hasSuffix("xx...\""))
    #expect(excerpt(String(repeating: "x", count: 1_000_000).utf8).count == 45)
  }
}

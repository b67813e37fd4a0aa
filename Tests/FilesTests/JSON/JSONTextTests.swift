// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct JSONTextTests {
  private func content(_ text: String) throws(JSONDocumentError) -> JSONValue.Content {
    try JSONDocument(data: Data(text.utf8), path: "a").root.content
  }

  @Test("every escape sequence is read")
  func escapes() throws {
    #expect(
      try content("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00E9\\u20ac\\uD83D\\uDE00z\"")
        == .string("a\"\\/\u{8}\u{C}\n\r\tAé€😀z"))
    #expect(try content("\"\\u0000\"") == .string("\0"))
    #expect(try content("\"ä\\n😀\"") == .string("ä\n😀"))
  }

  @Test("text of Foundation's writer is read back")
  func roundTrip() throws {
    let text = String(String.UnicodeScalarView((0..<0x3000).compactMap(Unicode.Scalar.init)))
    let data = try JSONEncoder().encode(text)
    let document = try JSONDocument(data: data, path: "a")
    guard case .string(let read) = document.root.content else { return }
    #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test(
    "broken texts are refused with their place",
    arguments: [
      ("[\"abc", 2, .unterminatedText("\"abc\"")), ("[\"ab\nc\"]", 2, .unterminatedText("\"ab\"")),
      ("\"\\", 1, .unterminatedText("\"\\\"")), ("\"a\tb\"", 3, .controlCharacter(9)),
      ("\"\\x\"", 2, .escape("\"\\x\"")), ("\"\\u12\"", 2, .escape("\"\\u12\"\"")),
      ("\"a\\ud83d\"", 3, .escape("\"\\ud83d\"")), ("\"\\ude00\"", 2, .escape("\"\\ude00\"")),
      ("\"\\ud83d\\u0041\"", 2, .escape("\"\\ud83d\"")), ("\"\\u+123\"", 2, .escape("\"\\u+123\"")),
      ("\"\\u", 2, .escape("\"\\u\"")),
    ] as [(String, Int, JSONDocumentError.Problem)])
  func refusals(text: String, column: Int, problem: JSONDocumentError.Problem) {
    let error = #expect(throws: JSONDocumentError.self) { try content(text) }
    #expect(error?.problem == problem)
    #expect(error?.position == TextPosition(line: 1, column: column))
  }
}

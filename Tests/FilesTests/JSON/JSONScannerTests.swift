// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct JSONScannerTests {
  private func root(_ text: String) throws(JSONDocumentError) -> JSONValue {
    try JSONDocument(data: Data(text.utf8), path: "a").root
  }

  /// A value as Foundation's reader gives it.
  private func plain(_ value: JSONValue) -> NSObject {
    switch value.content {
    case .object(let members):
      NSDictionary(
        objects: members.map { plain($0.value) }, forKeys: members.map { $0.name as NSString })
    case .array(let elements): NSArray(array: elements.map(plain))
    case .number(let number, _): NSNumber(value: number)
    case .string(let text): text as NSString
    case .bool(let value): NSNumber(value: value)
    case .null: NSNull()
    }
  }

  @Test(
    "what is valid is read as Foundation reads it",
    arguments: [
      "{}", "[]", " [ ] ", "{\"a\":{\"b\":[1,[2,{\"c\":null}]]},\"d\":true,\"e\":false}",
      "[0, -0, 1.5, -1.5e3, 1E+2, 1e-2, 0.1, 123456789]", "\t{\r\n\"a\"\n:\r1 , \"b\" : [ ] }\n",
      "[\"\", \"ä€😀\", \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"]", "\"text\"", "-1",
      "null",
    ])
  func valid(text: String) throws {
    let expected = try JSONSerialization.jsonObject(
      with: Data(text.utf8), options: .fragmentsAllowed)
    #expect(plain(try root(text)) == expected as? NSObject)
  }

  @Test("numbers keep their bits and their text")
  func numbers() throws {
    #expect(
      try root("18446744073709551615").content
        == .number(18_446_744_073_709_551_616, literal: "18446744073709551615"))
    #expect(try root("0.1").content == .number(0.1, literal: "0.1"))
    guard case .number(let zero, _) = try root("-0").content else { return }
    #expect(zero.sign == .minus)
  }

  @Test("every value knows where it begins")
  func places() throws {
    let value = try root("{\"é\": [true,\r\n  \"\\u00e9é\", 1,\r null]}")
    guard case .array(let elements)? = value["é"]?.content else { return }
    #expect(value["é"]?.position == TextPosition(line: 1, column: 7))
    #expect(elements.map(\.position.line) == [1, 2, 2, 3])
    #expect(elements.map(\.position.column) == [8, 3, 14, 2])
  }

  private static let value =
    "a value (an object, an array, a number, a text in double quotes, true, false or null)"
  private static let number = "a number such as -1.5e3, which begins and ends with a digit"

  private static let refused: [(String, Int, Int, JSONDocumentError.Problem)] = [
    ("{\"a\": 1, \"b\": 2,\n\"a\": 3}", 2, 1, .duplicateKey("\"a\"", firstLine: 1)),
    ("{\"a\": 1, \"\\u0061\": 3}", 1, 10, .duplicateKey("\"a\"", firstLine: 1)),
    ("[1e400]", 1, 2, .overflow("\"1e400\"")), ("-1e309", 1, 1, .overflow("\"-1e309\"")),
    ("1e-400", 1, 1, .underflow("\"1e-400\"")),
    ("[1,]", 1, 3, .trailingComma("\"]\"")), ("{\"a\": 1 , }", 1, 9, .trailingComma("\"}\"")),
    ("[1] 2", 1, 5, .unexpected(found: "\"2\"", expected: "the end of the file")),
    ("{}}", 1, 3, .unexpected(found: "\"}\"", expected: "the end of the file")),
    ("[1 2]", 1, 4, .unexpected(found: "\"2\"", expected: "a comma or \"]\"")),
    ("[1, 2", 1, 6, .endOfFile(expected: "a comma or \"]\"")),
    ("{\"a\"", 1, 5, .endOfFile(expected: "a colon after the key")),
    ("{\"a\" 1}", 1, 6, .unexpected(found: "\"1\"", expected: "a colon after the key")),
    ("{a: 1}", 1, 2, .unexpected(found: "\"a\"", expected: "a key in double quotes")),
    ("{'a': 1}", 1, 2, .unexpected(found: "\"'\"", expected: "a key in double quotes")),
    ("{, \"a\": 1}", 1, 2, .unexpected(found: "\",\"", expected: "a key in double quotes")),
    ("[é]", 1, 2, .unexpected(found: "\"é\"", expected: value)),
    ("True", 1, 1, .unexpected(found: "\"True\"", expected: value)),
    ("truely", 1, 1, .unexpected(found: "\"truely\"", expected: value)),
    ("[,1]", 1, 2, .unexpected(found: "\",\"", expected: value)),
    ("[NaN]", 1, 2, .notFinite("\"NaN\"")), ("[-Infinity]", 1, 2, .notFinite("\"-Infinity\"")),
    ("{// c\n}", 1, 2, .comment), ("[1, /* c */ 2]", 1, 5, .comment), ("{} # c", 1, 4, .comment),
    ("01", 1, 1, .unexpected(found: "\"01\"", expected: number)),
    ("[1.]", 1, 2, .unexpected(found: "\"1.\"", expected: number)),
    ("[1.e5]", 1, 2, .unexpected(found: "\"1.e5\"", expected: number)),
    ("-", 1, 1, .unexpected(found: "\"-\"", expected: number)),
    ("--1", 1, 1, .unexpected(found: "\"--1\"", expected: number)),
    ("1e", 1, 1, .unexpected(found: "\"1e\"", expected: number)),
    ("1_000", 1, 1, .unexpected(found: "\"1_000\"", expected: number)),
    ("0x10", 1, 1, .unexpected(found: "\"0x10\"", expected: number)),
    ("[.5]", 1, 2, .unexpected(found: "\".5\"", expected: value)),
    ("+1", 1, 1, .unexpected(found: "\"+1\"", expected: value)),
    (" \n ", 2, 2, .endOfFile(expected: "a value")),
  ]

  @Test("what is not valid is refused with its place", arguments: refused)
  func refusals(text: String, line: Int, column: Int, problem: JSONDocumentError.Problem) throws {
    let error = #expect(throws: JSONDocumentError.self) { try root(text) }
    #expect(error?.problem == problem)
    #expect(error?.position == TextPosition(line: line, column: column))
  }

  @Test("the way to the value that is being read is stated")
  func keyPath() {
    let error = #expect(throws: JSONDocumentError.self) {
      try root("{\"a\": [{}, {\"b\": 1}], \"c\": [0, {\"d\": [[], nul]}]}")
    }
    #expect(error?.keyPath == JSONPath([.key("c"), .index(1), .key("d"), .index(1)]))
  }

  @Test("nesting has a limit, also on a small stack")
  func depth() throws {
    let limit = JSONDocument.depthLimit
    let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(throws: Never.self) { try root(deepest) }
    let error = #expect(throws: JSONDocumentError.self) {
      try root(String(repeating: "[{\"a\":", count: 1_000_000))
    }
    #expect(error?.problem == .depth)
    #expect(error?.position == TextPosition(line: 1, column: 6 * limit / 2 + 1))
  }

  @Test("bytes that are not UTF-8 are refused with their place")
  func encoding() {
    let error = #expect(throws: JSONDocumentError.self) {
      try JSONDocument(data: Data("{\n\"é".utf8 + [0xFF] + "\": 1}".utf8), path: "a")
    }
    #expect(error?.problem == .notUTF8 && error?.position == TextPosition(line: 2, column: 3))
  }

  @Test("text changed at random is read or refused, and read only if Foundation reads it")
  func hostileBytes() throws {
    var generator = SeededGenerator(seed: 1)
    let text = "{\"a\": [1, -2.5e3, true, null], \"b\": {\"c\": \"x\\u00e4\\n\", \"d\": []}}"
    let alphabet = Array("{}[]\",:\\u0123 eE+-.truefalsn\n\té/".utf8) + [0, 0xFF]
    var readCount = 0
    for _ in 0..<20_000 {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        case 1: bytes.removeSubrange(place...)
        default: bytes.remove(at: place)
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      guard let document = try? JSONDocument(data: Data(bytes), path: "a") else { continue }
      readCount += 1
      let expected = try? JSONSerialization.jsonObject(
        with: Data(bytes), options: .fragmentsAllowed)
      let isEqual = plain(document.root) == expected as? NSObject
      #expect(isEqual, "\(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(readCount > 500)
  }
}

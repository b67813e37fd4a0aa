// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct JSONDocumentTests {
  private func document(_ text: String) throws(JSONDocumentError) -> JSONDocument {
    try JSONDocument(data: Data(text.utf8), path: "run.json")
  }

  @Test("all keys are listed in the order of the text, with their ways and places")
  func keys() throws {
    let document = try document(
      "{\"b\": {\"y\": 1,\n \"x\": 2},\n\"a\": [0, {\"é\": {}, \"z\": []}]}")
    #expect(document.keys.map(\.path.description) == ["b", "b.y", "b.x", "a", "a[1].é", "a[1].z"])
    #expect(document.keys.map(\.name) == ["b", "y", "x", "a", "é", "z"])
    #expect(document.keys.map(\.objectPath.description)[1...2] == ["b", "b"])
    #expect(document.keys.map(\.position.line) == [1, 1, 2, 3, 3, 3])
    #expect(document.keys.map(\.position.column) == [2, 8, 2, 1, 11, 20])
  }

  @Test("a value is found by its way")
  func values() throws {
    let document = try document("{\"a\": [0, {\"b\": \"c\"}]}")
    let path = JSONPath([.key("a"), .index(1), .key("b")])
    #expect(document.value(at: path)?.content == .string("c"))
    #expect(document.value(at: path)?.position == TextPosition(line: 1, column: 17))
    #expect(document.value(at: .top) == document.root)
    for missing: [JSONPath.Component] in [
      [.key("b")], [.index(0)], [.key("a"), .index(2)], [.key("a"), .index(-1)],
      [.key("a"), .index(0), .key("b")],
    ] {
      #expect(document.value(at: JSONPath(missing)) == nil)
    }
  }

  @Test("the place of a decoder's complaint is found")
  func decodingError() throws {
    struct Run: Decodable { let rates: [Double] }
    let text = "{\n \"rates\": [1,\n  \"two\"]}"
    let document = try document(text)
    do {
      _ = try JSON.decode(Run.self, from: Data(text.utf8))
      Issue.record("a text was decoded as a number")
    } catch DecodingError.typeMismatch(_, let context) {
      let value = document.value(at: JSONPath(context.codingPath))
      #expect(value?.position == TextPosition(line: 3, column: 3) && value?.kind == "a text")
    }
  }

  @Test("a file is read; a table or an array in its place is refused")
  func files() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data("\u{FEFF}{\"a\": 1}\n".utf8), to: "\(folder)/a")
      #expect(try JSONDocument(contentsOf: "\(folder)/a").root["a"]?.kind == "a number")
      #expect(throws: FileError.self) { try JSONDocument(contentsOf: "\(folder)/b") }
    }
    let array = NumpyArray.encoded([1.0], shape: [1])
    #expect(throws: JSONDocumentError(path: "a", problem: .wrongKind(.numpyArray))) {
      try JSONDocument(data: array, path: "a")
    }
    #expect(throws: JSONDocumentError(path: "a", problem: .wrongKind(.empty))) {
      try JSONDocument(data: Data(), path: "a")
    }
    #expect(throws: JSONDocumentError.self) { try document("x,y\n1,2\n") }
    #expect(throws: JSONDocumentError.self) { try document("1,2\n") }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct JSONValueTests {
  private func value(_ text: String) throws -> JSONValue {
    try JSONDocument(data: Data(text.utf8), path: "a").root
  }

  @Test("a member is found by its name in an object only")
  func members() throws {
    #expect(try value("{\"a\": 1, \"b\": null}")["b"]?.content == .null)
    #expect(try value("{\"a\": 1}")["c"] == nil)
    #expect(try value("[1]")["a"] == nil)
  }

  @Test("every kind has words")
  func kinds() throws {
    let kinds = try ["{}", "[]", "1", "\"\"", "true", "null"].map { try value($0).kind }
    #expect(kinds == ["an object", "an array", "a number", "a text", "true or false", "null"])
  }
}

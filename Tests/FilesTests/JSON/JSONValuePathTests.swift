// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct JSONValuePathTests {
  private func value(_ text: String) throws -> JSONValue {
    try JSONDocument(data: Data(text.utf8), path: "f.json").root
  }

  @Test("a value is put at the end of a way of keys, which is made where it is missing")
  func setting() throws {
    let place = TextPosition(line: 3, column: 4)
    func set(_ path: [String], in text: String, to new: String) throws -> String {
      let value = try value(text).setting(path[...], to: try value(new), keyPosition: place)
      return String(decoding: value.encoded, as: UTF8.self)
    }
    #expect(
      try set(["a", "b"], in: #"{"a":{"b":1,"c":2},"d":3}"#, to: "9")
        == #"{"a":{"b":9,"c":2},"d":3}"#)
    #expect(try set(["a", "x"], in: #"{"a":{"b":1}}"#, to: "[1]") == #"{"a":{"b":1,"x":[1]}}"#)
    #expect(try set(["a", "b", "c"], in: "{}", to: "true") == #"{"a":{"b":{"c":true}}}"#)
    #expect(try set(["a", "b"], in: #"{"a":"text"}"#, to: "1") == #"{"a":{"b":1}}"#)
    #expect(try set([], in: "1", to: "2") == "2")
  }

  @Test("what is put in has its own place, and the key that of where it was read")
  func places() throws {
    let place = TextPosition(line: 3, column: 4)
    let new = try value("\n  7")
    let whole = try value(#"{"a": {"b": 1}}"#).setting(["a", "b"], to: new, keyPosition: place)
    #expect(whole.position == new.position && whole["a"]?["b"]?.position == new.position)
    guard case .object(let members) = whole.content else { return #expect(Bool(false)) }
    #expect(members[0].position == place)
  }

  @Test(
    "values are told in a few words",
    arguments: [
      ("1e-3", "0.001"), ("18446744073709551615", "18446744073709551615"), ("12", "12"),
      (#""four""#, "four"), ("true", "true"), ("null", "null"), ("[0.9, 1]", "[0.9, 1]"),
      (#"{"endAtZero": {}}"#, "endAtZero"),
      (#"{"relaxed": {"a": 2, "b": 1.5}}"#, "relaxed(a 2, b 1.5)"),
    ])
  func brief(text: String, words: String) throws {
    #expect(try value(text).brief == words)
  }
}

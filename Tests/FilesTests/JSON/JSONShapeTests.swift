// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct JSONShapeTests {
  private let shape = JSONShape.object([
    .init("steps", .integer), .init("rate", .number), .init("name", .word(["linear", "cosine"])),
    .init("on", .boolean), .init("decays", .list(.number)),
    .init(
      "times", .choice([.init("zero", .object([])), .init("beta", .object([.init("a", .number)]))])
    ), .init("source", .either([.text, .object([.init("weights", .any)])])),
  ])

  private func document(_ text: String) throws -> JSONDocument {
    try JSONDocument(data: Data(text.utf8), path: "f.json")
  }

  private func refusal(_ text: String) throws -> String {
    let document = try document(text)
    let error = #expect(throws: JSONShapeError.self) { try shape.check(document) }
    return error.map(\.description) ?? ""
  }

  @Test(
    "what fits passes",
    arguments: [
      "{}", #"{"steps": 3, "rate": "inf", "name": "cosine", "on": true, "decays": [0.9, 1e-3]}"#,
      #"{"times": {"zero": {}}, "source": "four"}"#, #"{"steps": 18446744073709551615}"#,
      #"{"times": {"beta": {"a": 2}}, "source": {"weights": [[null]]}}"#,
    ])
  func fitting(text: String) throws { try shape.check(try document(text)) }

  @Test("a wrong key, word, kind or choice is named with its line and what is accepted")
  func refusals() throws {
    let key = try refusal("{\n  \"stepz\": 3\n}")
    #expect(key.contains("f.json, line 2") && key.contains("Did you mean steps?"))
    #expect(try refusal(#"{"name": "cosin"}"#).contains("Did you mean cosine?"))
    #expect(try refusal(#"{"steps": 3.5}"#).contains("found 3.5; accepted is a whole number"))
    #expect(try refusal(#"{"rate": "fast"}"#).contains("found a text"))
    #expect(try refusal(#"{"decays": [1, true]}"#).contains("decays[1]"))
    #expect(try refusal(#"{"times": {"zero": {}, "beta": {}}}"#).contains("2 keys"))
    #expect(try refusal(#"{"times": {"beta": {"b": 1}}}"#).contains("no key \"b\""))
    #expect(try refusal(#"{"source": 3}"#).contains("a text; or an object"))
    #expect(try refusal("[]").contains("found an array"))
  }

  @Test("what is left out comes from the defaults; another choice keeps nothing of theirs")
  func filling() throws {
    let defaults = try document(
      #"{"steps": 9, "rate": 1, "times": {"beta": {"a": 2}}, "decays": [1]}"#)
    func filled(_ text: String) throws -> String {
      String(
        decoding: shape.filled(try document(text).root, from: defaults.root).encoded,
        as: UTF8.self)
    }
    #expect(
      try filled(#"{"rate": 1.50}"#)
        == #"{"rate":1.50,"steps":9,"times":{"beta":{"a":2}},"decays":[1]}"#)
    #expect(try filled(#"{"times": {"zero": {}}}"#).contains(#""times":{"zero":{}}"#))
    #expect(try filled(#"{"times": {"beta": {}}}"#).contains(#""beta":{"a":2}"#))
    #expect(try filled(#"{"decays": []}"#).contains(#""decays":[]"#))
  }

  @Test("the schema is JSON and knows the keys")
  func schema() throws {
    let schema = try document(shape.schema(title: "A \"test\"")).root
    #expect(schema["title"]?.content == .string("A \"test\""))
    let times = schema["properties"]?["times"]
    #expect(times?["maxProperties"]?.content == .number(1, literal: "1"))
    #expect(times?["properties"]?["beta"]?["properties"]?["a"]?["anyOf"] != nil)
    #expect(schema["additionalProperties"]?.content == .bool(false))
  }
}

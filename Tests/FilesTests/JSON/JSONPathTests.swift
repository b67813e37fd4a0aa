// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Testing

@Suite struct JSONPathTests {
  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int?
    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { (stringValue, self.intValue) = ("Index \(intValue)", intValue) }
  }

  @Test("a way reads as programs write it")
  func description() {
    #expect(JSONPath.top.description == "the top level")
    #expect(
      JSONPath([.key("a"), .key("b-c_1"), .index(2), .key("d")]).description == "a.b-c_1[2].d")
    #expect(JSONPath([.index(0), .key("a.b")]).description == "[0][\"a.b\"]")
    #expect(JSONPath([.key(""), .key("é"), .key("\n")]).description == "[\"\"].é[\"\\u{a}\"]")
  }

  @Test("a decoder's way is the same way")
  func codingPath() {
    let keys = [Key(stringValue: "a"), Key(intValue: 3)]
    #expect(JSONPath(keys) == JSONPath([.key("a"), .index(3)]))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Testing

@Suite struct JSONPathTests {
  @Test("a way reads as programs write it")
  func description() {
    #expect(JSONPath.top.description == "the top level")
    #expect(
      JSONPath([.key("a"), .key("b-c_1"), .index(2), .key("d")]).description == "a.b-c_1[2].d")
    #expect(JSONPath([.index(0), .key("a.b")]).description == "[0][\"a.b\"]")
    #expect(JSONPath([.key(""), .key("é"), .key("\n")]).description == "[\"\"].é[\"\\u{a}\"]")
  }
}

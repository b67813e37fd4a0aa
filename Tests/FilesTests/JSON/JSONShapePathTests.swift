// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Testing

@Suite struct JSONShapePathTests {
  @Test("what is accepted at the end of a way of keys is found through objects and choices")
  func ways() {
    let shape = JSONShape.object([
      .init("rate", .number),
      .init("times", .choice([.init("beta", .object([.init("a", .integer)]))])),
      .init("source", .either([.text, .object([.init("name", .text)])])),
    ])
    #expect(shape.shape(at: []) == shape)
    #expect(shape.shape(at: ["rate"]) == .number)
    #expect(shape.shape(at: ["times", "beta", "a"]) == .integer)
    #expect(shape.shape(at: ["source", "name"]) == .text)
    #expect(shape.shape(at: ["source"]) == .either([.text, .object([.init("name", .text)])]))
    for path in [["rat"], ["rate", "a"], ["times", "a"], ["source", "nam"]] {
      #expect(shape.shape(at: path[...]) == nil)
    }
  }
}

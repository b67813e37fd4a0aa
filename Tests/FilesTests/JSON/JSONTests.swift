// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct JSONTests {
  private static let values = [
    0.1, -0.0, 1e-5, .leastNonzeroMagnitude, 1.7976931348623157e308, 1 / 3.0, 123_456_789, 1e16,
    .infinity, -.infinity,
  ]

  @Test("every number reads back bit for bit from its literal, a line and a page")
  func numbers() throws {
    let literals = "[" + Self.values.map(JSON.number).joined(separator: ",") + "]"
    let forms = [
      Data(literals.utf8), try JSON.line(Self.values), Data(try JSON.page(Self.values).utf8),
    ]
    for form in forms {
      let read = try JSON.decode([Double].self, from: form)
      #expect(read.map(\.bitPattern) == Self.values.map(\.bitPattern))
    }
    #expect(JSON.number(0.1) == "0.1" && JSON.number(1e-5) == "1e-05" && JSON.number(3) == "3.0")
  }

  @Test("what is not finite has one spelling")
  func texts() throws {
    let values = [Double.infinity, -.infinity, .nan]
    #expect(values.map(JSON.number) == ["\"inf\"", "\"-inf\"", "\"nan\""])
    let line = try JSON.line(values)
    #expect(String(decoding: line, as: UTF8.self) == "[\"inf\",\"-inf\",\"nan\"]\n")
    #expect(try JSON.decode([Double].self, from: line)[2].isNaN)
  }

  @Test("keys are sorted, and slashes of a page stay as they are")
  func layout() throws {
    let value = ["b/c": 2, "a": 1]
    #expect(String(decoding: try JSON.line(value), as: UTF8.self).hasPrefix("{\"a\":1,"))
    #expect(try JSON.page(value) == "{\n  \"a\" : 1,\n  \"b/c\" : 2\n}\n")
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Laboratory

@Suite struct JSONTextTests {
  @Test("Every string reads back from its literal")
  func strings() throws {
    let control = String(String.UnicodeScalarView((0..<0x20).compactMap(Unicode.Scalar.init)))
    for text in ["", "plain", "q\"b\\s/", control, "e\u{301} \u{1F600} \u{2028}"] {
      let read = try JSONDecoder().decode([String].self, from: Data("[\(jsonString(text))]".utf8))
      #expect(Array(read[0].unicodeScalars) == Array(text.unicodeScalars))
    }
  }

  @Test("Every finite number reads back bit for bit, and others become null")
  func numbers() throws {
    let values = [
      0.1, -0.0, 1e-5, .leastNonzeroMagnitude, 1.7976931348623157e308, 1 / 3.0, 123_456_789, 1e16,
    ]
    for value in values {
      let read = try JSONDecoder().decode([Double].self, from: Data("[\(jsonNumber(value))]".utf8))
      #expect(read[0].bitPattern == value.bitPattern)
    }
    #expect(jsonNumber(0.1) == "0.1" && jsonNumber(1e-5) == "1e-05" && jsonNumber(3) == "3.0")
    #expect([Double.nan, .infinity, -.infinity].map(jsonNumber) == ["null", "null", "null"])
  }
}

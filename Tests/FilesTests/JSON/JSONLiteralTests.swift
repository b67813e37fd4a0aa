// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Files

@Suite struct JSONLiteralTests {
  @Test("Every string reads back from its literal")
  func strings() throws {
    let control = String(String.UnicodeScalarView((0..<0x20).compactMap(Unicode.Scalar.init)))
    for text in ["", "plain", "q\"b\\s/", control, "e\u{301} \u{1F600} \u{2028}"] {
      let read = try JSONDecoder().decode([String].self, from: Data("[\(jsonString(text))]".utf8))
      #expect(Array(read[0].unicodeScalars) == Array(text.unicodeScalars))
    }
  }
}

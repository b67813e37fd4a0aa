// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Files

@Suite struct DecimalNumberTests {
  private func value(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { DecimalNumber.value(of: $0) }
  }

  @Test("every text of a double reads back bit for bit, however many digits it has")
  func roundTrips() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<50_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      let moderate = Double.random(in: -10...10, using: &generator)
      let texts: [(String, Double)] = [
        (number.description, number), (moderate.description, moderate),
        (String(format: "%.17e", number), number), (String(format: "%.25e", number), number),
        (String(format: "%.40f", moderate), moderate),
      ]
      for (text, expected) in texts where value(text)?.bitPattern != expected.bitPattern {
        Issue.record("\(text) is read as \(String(describing: value(text)))")
      }
    }
  }

  @Test("short numbers are rounded as the C library rounds them")
  func shortNumbers() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<100_000 {
      let digits = UInt64.random(in: 0..<(1 << UInt64.random(in: 1...60)), using: &generator)
      var text = String(digits)
      let place = Int.random(in: 0...text.count, using: &generator)
      text.insert(".", at: text.index(text.startIndex, offsetBy: place))
      text += "e\(Int.random(in: -40...40, using: &generator))"
      if value(text)?.bitPattern != strtod(text, nil).bitPattern { Issue.record("\(text)") }
    }
  }

  @Test(
    "the forms that people and programs write",
    arguments: [
      ("5.", 5), (".5", 0.5), ("+1", 1), ("-1.5E+03", -1500), ("007", 7), ("1e-2", 0.01),
      ("0.000000000000000000000000000001", 1e-30), ("1e400", .infinity), ("-1e400", -.infinity),
      ("1e-400", 0), ("1e99999999999999999999", .infinity), ("0e99999999999999999999", 0),
      ("1e-99999999999999999999", 0), ("9007199254740993", 9_007_199_254_740_992),
      (
        "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589.",
        1.7976931348623157e86
      ),
      ("1234567890123456789012.", 1.234567890123456789e21),
      (".12345678901234567890123", 0.12345678901234568),
    ] as [(String, Double)])
  func forms(text: String, expected: Double) {
    #expect(value(text) == expected)
  }

  @Test("zero keeps its sign")
  func zero() {
    #expect(value("-0.0")?.sign == .minus)
    #expect(value("0")?.sign == .plus)
    #expect(value("-0e5")?.sign == .minus)
  }

  @Test(
    "nothing else is a number",
    arguments: [
      "", "-", "+", ".", "e5", "1e", "1e+", "1 2", " 1", "1 ", "1,5", "1.2.3", "0x10", "nan", "inf",
      "1d5", "--1", "+-1", "1_000", "1e5.0", "\u{0661}", "1\0",
    ])
  func refusals(text: String) {
    #expect(value(text) == nil)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Files

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

  @Test(
    "brackets of any number are refused with their place, also one more than Foundation's decoder takes",
    arguments: [1, 128, 129, 512, 513, 514, 100_000])
  func brackets(count: Int) {
    for bracket in ["[", "{\"a\":"] {
      let text = String(repeating: bracket, count: count)
      #expect(throws: JSONDocumentError.self) {
        _ = try JSON.decode([Double].self, from: Data(text.utf8), path: "deep.json")
      }
    }
  }

  @Test("a text that is no JSON is refused with its file, line and column")
  func syntax() {
    let error = #expect(throws: JSONDocumentError.self) {
      _ = try JSON.decode([Double].self, from: Data("[1,\n 2 3]".utf8), path: "a.json")
    }
    #expect(error?.position == TextPosition(line: 2, column: 4))
    #expect(error?.description.hasPrefix("a.json, line 2, column 4") == true)
  }

  @Test("a missing key and a wrong value are told by their place in words")
  func codingDetails() {
    struct Value: Decodable {
      let side: Int
      let rows: [Int]
    }
    func detail(_ text: String) -> String {
      do {
        let value = try JSON.decode(Value.self, from: Data(text.utf8))
        return "\(value)"
      } catch {
        return codingDetail(of: error)
      }
    }
    #expect(detail("{\"rows\": []}") == "side: the key is missing")
    #expect(detail("{\"side\": 1, \"rows\": [0, \"a\"]}").hasPrefix("rows[1]: "))
    #expect(!detail("{\"side\": 1, \"rows\": [0.5]}").contains("CodingKeys"))
  }

  @Test(
    "a number that its type cannot hold is not called no JSON",
    arguments: ["0.5", "1e30", "-7.25"])
  func unrepresentable(literal: String) {
    struct Value: Decodable {
      let labels: [Int]
    }
    do {
      _ = try JSON.decode(Value.self, from: Data("{\"labels\": [1, \(literal)]}".utf8))
      Issue.record("\(literal) was taken for a whole number")
    } catch {
      #expect(codingDetail(of: error).contains("a whole number is expected"))
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A number in a JSON text.
struct NumericLeaf {
  let range: Range<String.Index>
  let literal: String
  /// The keys that lead to it, joined by dots; places in arrays are left out.
  let path: String

  /// Every number of a JSON text in order. Strings in it hold no escapes.
  static func all(in text: String) -> [NumericLeaf] {
    var leaves: [NumericLeaf] = []
    var keys: [String] = []
    var key = ""
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      switch text[index] {
      case "\"":
        let end = text[next...].firstIndex(of: "\"") ?? text.endIndex
        key = String(text[next..<end])
        index = text.index(after: end)
      case "{":
        keys.append(key)
        index = next
      case "}":
        key = keys.removeLast()
        index = next
      case let character where character.isNumber || character == "-":
        let end =
          text[index...].firstIndex { !($0.isNumber || "+-.eE".contains($0)) } ?? text.endIndex
        leaves.append(
          NumericLeaf(
            range: index..<end, literal: String(text[index..<end]),
            path: (keys.dropFirst() + [key]).joined(separator: ".")))
        index = end
      default:
        index = next
      }
    }
    return leaves
  }

  /// The number with its `place`-th significant digit changed by one; a zero or a number with fewer
  /// digits gains one there.
  func altered(significantDigit place: Int) -> String {
    let value = Double(literal) ?? .nan
    if literal.contains("e") || value == 0 {
      let unit = value == 0 ? 1 : pow(10, floor(log10(value.magnitude)))
      return "\(value + unit * pow(10, Double(1 - place)))"
    }
    var characters = Array(literal)
    if !characters.contains(".") { characters += "." }
    var seen = 0
    for (index, character) in characters.enumerated() {
      guard let digit = character.wholeNumberValue, digit != 0 || seen > 0 else { continue }
      seen += 1
      if seen == place {
        characters[index] = Character("\(digit == 9 ? 8 : digit + 1)")
        return String(characters)
      }
    }
    return String(characters) + String(repeating: "0", count: place - seen - 1) + "1"
  }
}

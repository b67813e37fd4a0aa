// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import RandomStreams

/// Damages files in the ways in which files are damaged, and in those that readers are known to fall over: a function of
/// the seed and the number of the input alone.
struct Mutator {
  private var generator: RowGenerator

  init(seed: UInt64, input: Int) {
    generator = RandomStream(seed: seed, purpose: .check10).appending("damaged files")
      .generator(row: input)
  }

  /// A whole number from 0 to below a bound.
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

  /// Texts that numbers, names and lists are replaced by.
  private static let words = [
    "0", "-0", "-1", "1e308", "1e309", "-1e308", "1e-320", "5e-324", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "0.1", "NaN", "Infinity",
    "null", "true", "\"\"", "[]", "{}", "[[]]", "\"\\ud800\"", "\"\\u0000\"", "é", "\u{feff}", ",,",
    "\r\n", "\"", String(repeating: "[", count: 600), String(repeating: "9", count: 400),
  ]
  /// Lengths and counts that binary files are told.
  private static let lengths: [UInt64] = [
    0, 1, 7, 8, 255, 256, 65_535, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000,
    0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, .max,
  ]

  /// A damaged copy.
  ///
  /// - Parameter other: bytes of another file, of which a piece may be put in.
  mutating func mutated(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(3) { damage(&bytes, other) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8], _ other: [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = Array(other.prefix(below(16)))
      return
    }
    let place = below(bytes.count)
    switch below(10) {
    case 0: bytes[place] ^= 1 << below(8)
    case 1: bytes[place] = UInt8(below(256))
    case 2: bytes.removeSubrange(place..<min(place + 1 + below(32), bytes.count))
    case 3: bytes.removeSubrange(place...)
    case 4:
      bytes.insert(contentsOf: bytes[place..<min(place + 1 + below(64), bytes.count)], at: place)
    case 5:
      guard !other.isEmpty else { return }
      let from = below(other.count)
      bytes.insert(contentsOf: other[from..<min(from + 1 + below(64), other.count)], at: place)
    case 6: replaceWord(in: &bytes, near: place)
    case 7: exchangeWords(in: &bytes, near: place)
    case 8:
      let length = Self.lengths[below(Self.lengths.count)]
      let width = [2, 4, 8][below(3)]
      let isBig = below(2) == 0
      for index in 0..<width where place + index < bytes.count {
        let shift = 8 * (isBig ? width - 1 - index : index)
        bytes[place + index] = UInt8(truncatingIfNeeded: length >> UInt64(shift))
      }
    default:
      let word = Array(Self.words[below(Self.words.count)].utf8)
      bytes.insert(contentsOf: word, at: place)
    }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The number or the name at a place, or the first behind it.
  private func word(in bytes: [UInt8], near place: Int) -> Range<Int>? {
    guard let inside = bytes[place...].firstIndex(where: isWord) else { return nil }
    let start = bytes[..<inside].lastIndex { !isWord($0) }.map { $0 + 1 } ?? 0
    let end = bytes[inside...].firstIndex { !isWord($0) } ?? bytes.count
    return start..<end
  }

  private mutating func replaceWord(in bytes: inout [UInt8], near place: Int) {
    guard let range = word(in: bytes, near: place) else { return }
    bytes.replaceSubrange(range, with: Self.words[below(Self.words.count)].utf8)
  }

  private mutating func exchangeWords(in bytes: inout [UInt8], near place: Int) {
    guard let range = word(in: bytes, near: place),
      let other = word(in: bytes, near: below(bytes.count))
    else { return }
    bytes.replaceSubrange(range, with: Array(bytes[other]))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A place in a text, as editors count.
public struct TextPosition: Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int

  /// The character of the line (the Unicode scalar), from 1.
  public let column: Int

  /// A place by its numbers.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public var description: String { "line \(line), column \(column)" }

  /// The place of a byte in a text whose lines end with LF, CR LF or CR.
  init(ofByte offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    var line = 1
    var column = 1
    for i in byteOrderMarkLength(in: bytes)..<max(offset, byteOrderMarkLength(in: bytes)) {
      switch bytes[i] {
      case UInt8(ascii: "\r") where i + 1 < bytes.count && bytes[i + 1] == UInt8(ascii: "\n"):
        break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        (line, column) = (line + 1, 1)
      case 0x80..<0xC0:
        break
      default:
        column += 1
      }
    }
    self.init(line: line, column: column)
  }
}

/// The length of the mark with which some editors open a file in UTF-8.
func byteOrderMarkLength(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
  bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
}

/// The first byte at which a text is not valid UTF-8; nil if all of it is.
func firstInvalidUTF8(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  let words = UnsafeRawBufferPointer(bytes)
  var i = 0
  while i < bytes.count {
    // Nearly all text is ASCII, which is passed over eight bytes at a time.
    while i + 8 <= bytes.count,
      words.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    { i += 8 }
    guard i < bytes.count else { return nil }
    guard let length = scalarLength(bytes, i) else { return i }
    i += length
  }
  return nil
}

/// The number of bytes of the character that begins at an offset, nil if none does.
private func scalarLength(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
  let length: Int
  // The second byte's range excludes overlong forms, surrogates and what lies beyond Unicode.
  var second: ClosedRange<UInt8> = 0x80...0xBF
  switch bytes[start] {
  case 0x00...0x7F: return 1
  case 0xC2...0xDF: length = 2
  case 0xE0: (length, second) = (3, 0xA0...0xBF)
  case 0xED: (length, second) = (3, 0x80...0x9F)
  case 0xE1...0xEF: length = 3
  case 0xF0: (length, second) = (4, 0x90...0xBF)
  case 0xF1...0xF3: length = 4
  case 0xF4: (length, second) = (4, 0x80...0x8F)
  default: return nil
  }
  guard start + length <= bytes.count, second.contains(bytes[start + 1]) else { return nil }
  for i in start + 2..<max(start + 2, start + length) where bytes[i] & 0xC0 != 0x80 { return nil }
  return length
}

/// Text as an error message quotes it: on one line, in quotes, and not long.
func excerpt(_ text: some Collection<UInt8>) -> String {
  let limit = 40
  let shown = String(decoding: text.prefix(4 * limit), as: UTF8.self)
  var result = ""
  for scalar in shown.unicodeScalars.prefix(limit) {
    if scalar == "\t" {
      result += "\\t"
    } else if scalar.properties.generalCategory == .control
      || scalar.properties.generalCategory == .format
    {
      result += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  let isWhole = text.count <= 4 * limit && shown.unicodeScalars.count <= limit
  return "\"\(result)\(isWhole ? "" : "...")\""
}

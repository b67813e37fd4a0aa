// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension JSONScanner {
  /// Reads a text in quotation marks.
  mutating func text() throws(JSONDocumentError) -> String {
    let start = position
    position += 1
    var run = position
    // Most texts have no escapes, and are taken as they stand.
    var unescaped: String?
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let text = (unescaped ?? "") + String(decoding: bytes[run..<position], as: UTF8.self)
        position += 1
        return text
      case UInt8(ascii: "\\"):
        let before = String(decoding: bytes[run..<position], as: UTF8.self)
        var text = (unescaped ?? "") + before
        text.unicodeScalars.append(try escapedScalar(textStart: start))
        unescaped = text
        run = position
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        throw error(.unterminatedText(excerpt(bytes[(start + 1)..<position])), at: start)
      case 0..<0x20:
        throw error(.controlCharacter(bytes[position]))
      case 0x80..<0xC0:
        countOnce(bytes: 1)
        position += 1
      default:
        position += 1
      }
    }
    throw error(.unterminatedText(excerpt(bytes[(start + 1)...])), at: start)
  }

  /// Reads an escape sequence, two of them where they are a surrogate pair.
  private mutating func escapedScalar(
    textStart: Int
  ) throws(JSONDocumentError) -> Unicode.Scalar {
    let start = position
    guard position + 1 < bytes.count else {
      throw error(.unterminatedText(excerpt(bytes[(textStart + 1)...])), at: textStart)
    }
    position += 2
    switch bytes[start + 1] {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      position = start
      if let high = codeUnit() {
        if let scalar = Unicode.Scalar(high) { return scalar }
        if (0xD800..<0xDC00).contains(high), let low = codeUnit(), (0xDC00..<0xE000).contains(low),
          let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        {
          return scalar
        }
      }
      throw error(.escape(excerpt(bytes[start...].prefix(6))), at: start)
    default:
      throw error(.escape(excerpt(bytes[start...].prefix(2))), at: start)
    }
  }

  /// The number after `\u`, nil and without moving if it does not stand here.
  private mutating func codeUnit() -> UInt32? {
    let rest = bytes[position...].prefix(6)
    guard rest.count == 6, rest.starts(with: "\\u".utf8) else { return nil }
    var unit: UInt32 = 0
    for byte in rest.dropFirst(2) {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    position += 6
    return unit
  }
}

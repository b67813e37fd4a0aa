// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Decimal numbers in text, read the same under every locale.
enum DecimalNumber {
  /// The powers of ten that a double holds exactly.
  private static let exactPowers = (0...22).reduce(into: [Double]()) { powers, _ in
    powers.append((powers.last ?? 0.1) * 10)
  }

  /// The double nearest to a number such as `-1.5e3`, infinite beyond the largest one; nil if the text is not all of a
  /// decimal number.
  static func value(of text: UnsafeBufferPointer<UInt8>) -> Double? {
    var position = 0
    var isNegative = false
    if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      position = 1
    }
    var digits = Digits()
    let start = position
    digits.read(text, &position, isFraction: false)
    var digitCount = position - start
    if position < text.count, text[position] == UInt8(ascii: ".") {
      position += 1
      let start = position
      digits.read(text, &position, isFraction: true)
      digitCount += position - start
    }
    guard digitCount > 0 else { return nil }
    if position < text.count {
      guard let exponent = exponent(text, &position), position == text.count else { return nil }
      digits.exponent += exponent
    }
    // Both factors are exact, so that the one rounding is right (Clinger's fast path).
    if digits.isExact, digits.mantissa <= 1 << 53, abs(digits.exponent) <= 22 {
      let mantissa = Double(digits.mantissa)
      let power = exactPowers[abs(digits.exponent)]
      let value = digits.exponent < 0 ? mantissa / power : mantissa * power
      return isNegative ? -value : value
    }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// The digits of a number as an integer and a power of ten.
  private struct Digits {
    var mantissa: UInt64 = 0
    var exponent = 0
    var isExact = true

    mutating func read(
      _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, isFraction: Bool
    ) {
      let start = position
      while position < text.count {
        let digit = text[position] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        if mantissa < 1_000_000_000_000_000_000 {
          mantissa = mantissa &* 10 &+ UInt64(digit)
        } else {
          isExact = false
        }
        position += 1
      }
      if isFraction { exponent -= position - start }
    }
  }

  /// The number after the letter E; one that is long is cut, which leaves it far outside the exact powers.
  private static func exponent(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) -> Int? {
    guard text[position] | 0x20 == UInt8(ascii: "e") else { return nil }
    position += 1
    var isNegative = false
    if position < text.count,
      text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+")
    {
      isNegative = text[position] == UInt8(ascii: "-")
      position += 1
    }
    let start = position
    var value = 0
    while position < text.count {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = min(value * 10 + Int(digit), 1 << 40)
      position += 1
    }
    return position > start ? (isNegative ? -value : value) : nil
  }
}

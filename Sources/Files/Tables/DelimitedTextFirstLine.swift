// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What the first line tells of a table: its separator and the names of its columns.
extension DelimitedTextScanner {
  /// Learns from a line what separates cells; refuses separators and decimal marks that are not read.
  mutating func chooseSeparator(_ range: Range<Int>) throws(DelimitedTextError) {
    var quoted = false
    var found: Set<UInt8> = []
    for i in range {
      if bytes[i] == UInt8(ascii: "\"") { quoted.toggle() }
      if !quoted { found.insert(bytes[i]) }
    }
    if let problem = foreignStyle(range) { throw error(problem, line: line) }
    if found.contains(UInt8(ascii: ",")) {
      separator = .comma
    } else if found.contains(UInt8(ascii: "\t")) {
      separator = .tab
    } else if found.contains(UInt8(ascii: ";")) {
      throw error(.semicolons(excerpt(range)), line: line)
    } else {
      separator = .blanks
    }
  }

  /// Recognises a line of two or more numbers with semicolons or decimal commas. In a table that can be read no such
  /// line occurs: between two numbers there would be a comma, and neither would hold one.
  func foreignStyle(_ range: Range<Int>) -> Problem? {
    let pieces = slice(range).split { $0 == UInt8(ascii: ";") || isBlank($0) }
    guard pieces.count > 1 else { return nil }
    var hasComma = false
    for piece in pieces {
      guard piece.first != UInt8(ascii: ","), piece.last != UInt8(ascii: ","),
        pointedValue(piece) != nil
      else { return nil }
      hasComma = hasComma || piece.contains(UInt8(ascii: ","))
    }
    if slice(range).contains(UInt8(ascii: ";")) { return .semicolons(excerpt(range)) }
    return hasComma ? .decimalCommas(excerpt(range)) : nil
  }

  /// The names of the columns, nil if a cell of the line is a number.
  func header(_ range: Range<Int>) throws(DelimitedTextError) -> [String]? {
    var names: [String] = []
    var start: Int? = range.lowerBound
    while let position = start {
      let opening = trimmed(position..<range.upperBound)
      if opening.first.map({ bytes[$0] }) == UInt8(ascii: "\"") {
        let (name, end) = try quotedName(opening, column: names.count + 1)
        let rest = cell(from: end, to: range.upperBound)
        guard rest.cell.isEmpty else {
          throw error(.unterminatedName(excerpt(opening)), line: line, column: names.count + 1)
        }
        names.append(name)
        start = rest.next
      } else {
        let (cell, next) = cell(from: position, to: range.upperBound)
        names.append(String(decoding: slice(cell), as: UTF8.self))
        start = next
      }
    }
    for name in names where isNumber(name) { return nil }
    var known: Set<String> = [""]
    for (index, name) in names.enumerated() where !known.insert(name).inserted && name != "" {
      throw error(.repeatedName(Files.excerpt(name.utf8)), line: line, column: index + 1)
    }
    return names
  }

  private func isNumber(_ name: String) -> Bool {
    Array(name.utf8).withUnsafeBufferPointer {
      pointedValue($0) != nil || isNonFinite($0)
    }
  }

  /// The value of a number whose point may be a comma.
  func pointedValue(_ text: some Sequence<UInt8>) -> Double? {
    let pointed = text.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
    return pointed.withUnsafeBufferPointer { DecimalNumber.value(of: $0) }
  }

  /// A name in quotation marks, in which two of them stand for one, and where it ends.
  func quotedName(
    _ range: Range<Int>, column: Int
  ) throws(DelimitedTextError) -> (name: String, end: Int) {
    var name: [UInt8] = []
    var i = range.lowerBound + 1
    while i < range.upperBound {
      if bytes[i] == UInt8(ascii: "\"") {
        guard i + 1 < range.upperBound, bytes[i + 1] == UInt8(ascii: "\"") else {
          return (String(decoding: name, as: UTF8.self), i + 1)
        }
        i += 1
      }
      name.append(bytes[i])
      i += 1
    }
    throw error(.unterminatedName(excerpt(range)), line: line, column: column)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Reads a table of numbers from the bytes of a text, each byte a few times at most.
struct DelimitedTextScanner {
  typealias Problem = DelimitedTextError.Problem

  let bytes: UnsafeBufferPointer<UInt8>
  private let path: String

  /// Where the next line begins, and the number of the one last read.
  private var position: Int
  private(set) var line = 0

  /// What separates the cells; until it is known, tabs count as contents.
  var separator = DelimitedText.Separator.tab
  private var columnNames: [String]?
  private var columnCount = 0
  private var firstLine = 0
  private var values: [Double] = []
  private var lineRuns: [(row: Int, line: Int)] = []
  private var previousLine = -1

  /// The table in a text.
  static func table(
    _ bytes: UnsafeBufferPointer<UInt8>, path: String
  ) throws(DelimitedTextError) -> DelimitedText {
    if let offset = firstInvalidUTF8(in: bytes) {
      let line = TextPosition(ofByte: offset, in: bytes).line
      throw DelimitedTextError(path: path, line: line, problem: .notUTF8)
    }
    var scanner = DelimitedTextScanner(bytes, path: path)
    return try scanner.table()
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>, path: String) {
    self.bytes = bytes
    self.path = path
    position = byteOrderMarkLength(in: bytes)
  }

  private mutating func table() throws(DelimitedTextError) -> DelimitedText {
    guard let first = nextLine() else { throw error(.empty) }
    firstLine = line
    try chooseSeparator(first)
    let cells = trimmed(first)
    if let names = try header(cells) {
      columnNames = names
      columnCount = names.count
    } else {
      columnCount = cellCount(cells)
      try readRow(cells)
    }
    while let range = nextLine() { try readRow(range) }
    if values.isEmpty { throw error(.noRows, line: firstLine) }
    return DelimitedText(
      columnNames: columnNames, columnCount: columnCount, values: values, separator: separator,
      lineRuns: lineRuns)
  }

  func error(_ problem: Problem, line: Int? = nil, column: Int? = nil)
    -> DelimitedTextError
  {
    DelimitedTextError(path: path, line: line, column: column, problem: problem)
  }

  // MARK: Lines and cells

  /// The next line that is neither empty nor a comment, without the blanks around it.
  private mutating func nextLine() -> Range<Int>? {
    while position < bytes.count {
      let start = position
      while position < bytes.count, !isLineEnd(bytes[position]) { position += 1 }
      let range = trimmed(start..<position)
      if position < bytes.count {
        let isPair =
          bytes[position] == UInt8(ascii: "\r") && position + 1 < bytes.count
          && bytes[position + 1] == UInt8(ascii: "\n")
        position += isPair ? 2 : 1
      }
      line += 1
      if range.contains(where: { !isBlank(bytes[$0]) }),
        bytes[range.lowerBound] != UInt8(ascii: "#")
      {
        return range
      }
    }
    return nil
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  /// A range without the blanks around it; tabs that separate cells stay, as they may bound an empty one.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    let tab = separator == .tab ? UInt8(ascii: " ") : UInt8(ascii: "\t")
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, bytes[start] == UInt8(ascii: " ") || bytes[start] == tab { start += 1 }
    while start < end, bytes[end - 1] == UInt8(ascii: " ") || bytes[end - 1] == tab { end -= 1 }
    return start..<end
  }

  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[range])
  }

  func excerpt(_ range: Range<Int>) -> String { Files.excerpt(slice(range)) }

  /// The cell that begins at an offset, and where the next one does; nil after the last.
  func cell(from start: Int, to lineEnd: Int) -> (cell: Range<Int>, next: Int?) {
    let (byte, other) =
      switch separator {
      case .comma: (UInt8(ascii: ","), UInt8(ascii: ","))
      case .tab: (UInt8(ascii: "\t"), UInt8(ascii: "\t"))
      case .blanks: (UInt8(ascii: " "), UInt8(ascii: "\t"))
      }
    var end = start
    while end < lineEnd, bytes[end] != byte, bytes[end] != other { end += 1 }
    guard end < lineEnd else { return (trimmed(start..<end), nil) }
    var next = end + 1
    if separator == .blanks { while isBlank(bytes[next]) { next += 1 } }
    return (trimmed(start..<end), next)
  }

  private func cellCount(_ range: Range<Int>) -> Int {
    var count = 1
    var start = range.lowerBound
    while let next = cell(from: start, to: range.upperBound).next {
      (count, start) = (count + 1, next)
    }
    return count
  }

  // MARK: Rows

  private mutating func readRow(_ range: Range<Int>) throws(DelimitedTextError) {
    if line != previousLine + 1 { lineRuns.append((values.count / columnCount, line)) }
    previousLine = line
    var start: Int? = range.lowerBound
    var column = 0
    while let position = start {
      let (cell, next) = cell(from: position, to: range.upperBound)
      guard column < columnCount else { throw ragged(range) }
      column += 1
      guard let value = DecimalNumber.value(of: slice(cell)), value.isFinite else {
        let problem = problem(of: cell, in: range)
        throw error(problem, line: line, column: column)
      }
      values.append(value)
      start = next
    }
    if column < columnCount { throw ragged(range) }
  }

  private func ragged(_ range: Range<Int>) -> DelimitedTextError {
    let found = cellCount(range)
    return error(
      foreignStyle(range) ?? .ragged(found: found, expected: columnCount, firstLine: firstLine),
      line: line, column: min(found, columnCount) + 1)
  }

  /// Why a cell is not a finite number.
  private func problem(of cell: Range<Int>, in line: Range<Int>) -> Problem {
    let text = slice(cell)
    if cell.isEmpty { return .emptyCell }
    if DecimalNumber.value(of: text) != nil { return .overflow(excerpt(cell)) }
    if isNonFinite(text) { return .notFinite(excerpt(cell)) }
    // A line of as many cells as the others is taken to have its commas in the right places.
    if separator != .comma || cellCount(line) != columnCount, let problem = foreignStyle(line) {
      return problem
    }
    if text.contains(UInt8(ascii: ";")) { return .semicolons(excerpt(line)) }
    // A quoted cell may hold the separator.
    let rest = cell.lowerBound..<line.upperBound
    if text.first == UInt8(ascii: "\""), let quoted = try? quotedName(rest, column: 0) {
      let isDecimalComma = quoted.name.contains(",") && pointedValue(quoted.name.utf8) != nil
      let whole = excerpt(cell.lowerBound..<quoted.end)
      return isDecimalComma ? .decimalCommas(whole) : .notANumber(whole)
    }
    let isDecimalComma = text.contains(UInt8(ascii: ",")) && pointedValue(text) != nil
    return isDecimalComma ? .decimalCommas(excerpt(cell)) : .notANumber(excerpt(cell))
  }

  /// Whether a cell spells a NaN or an infinity, in any of the common ways.
  func isNonFinite(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= 12 else { return false }
    let letters = String(decoding: text, as: UTF8.self).lowercased()
      .drop { $0 == "-" || $0 == "+" }
    return ["nan", "inf", "infinity", "1.#inf", "1.#ind", "1.#qnan", "nan(ind)"]
      .contains { $0 == letters }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Reads the few Python literals of which the header of a NumPy array consists.
struct PythonLiteralReader {
  typealias Problem = NumpyArrayError.Problem

  private let text: [UInt8]
  private var position = 0

  init(_ text: some Collection<UInt8>) { self.text = Array(text) }

  /// The text not yet read, for messages.
  var excerptOfRest: String { excerpt(text[position...]) }

  private func malformed(_ expected: String) -> Problem {
    .malformedHeader("expected \(expected) at \(excerptOfRest)")
  }

  private mutating func skipBlanks() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  /// Whether a mark comes next, which is passed over if it does.
  mutating func skips(_ mark: Unicode.Scalar) -> Bool {
    guard isNext(mark) else { return false }
    position += 1
    return true
  }

  /// Whether a mark comes next.
  mutating func isNext(_ mark: Unicode.Scalar) -> Bool {
    skipBlanks()
    return position < text.count && text[position] == UInt8(ascii: mark)
  }

  mutating func expect(_ mark: Unicode.Scalar) throws(Problem) {
    guard skips(mark) else { throw malformed("'\(mark)'") }
  }

  mutating func expectEnd() throws(Problem) {
    skipBlanks()
    guard position == text.count else { throw malformed("the end") }
  }

  /// A text in single or double quotes; none that numpy.save writes has escapes.
  mutating func string() throws(Problem) -> String {
    guard isNext("'") || isNext("\"") else { throw malformed("text in quotes") }
    let quote = text[position]
    guard let end = text[(position + 1)...].firstIndex(of: quote) else {
      throw malformed("the end of the text")
    }
    let string = String(decoding: text[(position + 1)..<end], as: UTF8.self)
    position = end + 1
    return string
  }

  mutating func bool() throws(Problem) -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)]
    where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw malformed("True or False")
  }

  /// Counts in parentheses, with the comma that makes a single one a tuple.
  mutating func tuple(limit: Int) throws(Problem) -> [Int] {
    try expect("(")
    var counts: [Int] = []
    var isSeparated = true
    while !skips(")") {
      guard isSeparated else { throw malformed("',' or ')'") }
      counts.append(try count())
      guard counts.count <= limit else { throw .shape(counts) }
      isSeparated = skips(",")
    }
    guard counts.count != 1 || isSeparated else { throw malformed("',' in the shape before this") }
    return counts
  }

  private mutating func count() throws(Problem) -> Int {
    skipBlanks()
    let start = position
    while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
      position += 1
    }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    guard !digits.isEmpty else { throw malformed("a whole number, zero or more,") }
    guard let count = Int(digits) else {
      throw .malformedHeader("the extent \(excerpt(digits.utf8)) cannot be counted")
    }
    // Python 2 wrote some of them with an L.
    if position < text.count, text[position] == UInt8(ascii: "L") { position += 1 }
    return count
  }
}

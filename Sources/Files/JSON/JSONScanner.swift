// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Reads the values of a JSON text from its bytes.
struct JSONScanner {
  typealias Problem = JSONDocumentError.Problem

  let bytes: UnsafeBufferPointer<UInt8>
  private let path: String

  /// The byte that is read next.
  var position: Int

  /// The line of that byte, and the offset its first character would have if every character were one byte.
  private var line = 1
  private var lineStart: Int

  private var keyPath: [JSONPath.Component] = []
  private var depth = 0

  /// The value that makes up a text.
  static func value(
    _ bytes: UnsafeBufferPointer<UInt8>, path: String
  ) throws(JSONDocumentError) -> JSONValue {
    if let offset = firstInvalidUTF8(in: bytes) {
      let position = TextPosition(ofByte: offset, in: bytes)
      throw JSONDocumentError(path: path, position: position, problem: .notUTF8)
    }
    var scanner = JSONScanner(bytes, path: path)
    let value = try scanner.value()
    try scanner.skipBlanks()
    if scanner.position < bytes.count { throw scanner.unexpected("the end of the file") }
    return value
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>, path: String) {
    self.bytes = bytes
    self.path = path
    position = byteOrderMarkLength(in: bytes)
    lineStart = position
  }

  // MARK: Places and errors

  private var place: TextPosition { TextPosition(line: line, column: position - lineStart + 1) }

  /// An error at an offset, by default the present one.
  func error(_ problem: Problem, at offset: Int? = nil) -> JSONDocumentError {
    JSONDocumentError(
      path: path, position: TextPosition(ofByte: offset ?? position, in: bytes),
      keyPath: JSONPath(keyPath), problem: problem)
  }

  /// An error about what stands here instead of what is needed.
  private func unexpected(_ expected: String) -> JSONDocumentError {
    guard position < bytes.count else { return error(.endOfFile(expected: expected)) }
    let rest = bytes[position...]
    if isNext("#") || rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8) {
      return error(.comment)
    }
    let word = Array(rest.prefix { isWordByte($0) }.prefix(100))
    let unsigned = String(decoding: word.drop { $0 == UInt8(ascii: "-") }, as: UTF8.self)
    if ["nan", "inf", "infinity"].contains(unsigned.lowercased()) {
      return error(.notFinite(excerpt(word)))
    }
    // A mark or a character of several bytes stands by itself.
    let mark = [bytes[position]] + rest.dropFirst().prefix { $0 & 0xC0 == 0x80 }
    return error(.unexpected(found: excerpt(word.isEmpty ? mark : word), expected: expected))
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  // MARK: Marks

  private func isNext(_ mark: Unicode.Scalar) -> Bool {
    position < bytes.count && bytes[position] == UInt8(ascii: mark)
  }

  private mutating func skips(_ mark: Unicode.Scalar) -> Bool {
    guard isNext(mark) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() throws(JSONDocumentError) {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        let isPair = bytes[position] == UInt8(ascii: "\r")
        position += 1
        if isPair && isNext("\n") { position += 1 }
        (line, lineStart) = (line + 1, position)
      default: return
      }
    }
  }

  // MARK: Values

  private mutating func value() throws(JSONDocumentError) -> JSONValue {
    try skipBlanks()
    let start = place
    return JSONValue(content: try content(), position: start)
  }

  private mutating func content() throws(JSONDocumentError) -> JSONValue.Content {
    guard position < bytes.count else { throw unexpected("a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object(try nested(Self.members))
    case UInt8(ascii: "["): return .array(try nested(Self.elements))
    case UInt8(ascii: "\""): return .string(try text())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      let words: [(String, JSONValue.Content)] = [
        ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
      ]
      let word = bytes[position...].prefix { isWordByte($0) }
      for (name, content) in words where word.elementsEqual(name.utf8) {
        position += name.utf8.count
        return content
      }
      throw unexpected(
        "a value (an object, an array, a number, a text in double quotes, true, false or null)")
    }
  }

  /// Reads an array or an object if it is not in too many others.
  private mutating func nested<Contents>(
    _ read: (inout JSONScanner) throws(JSONDocumentError) -> Contents
  ) throws(JSONDocumentError) -> Contents {
    guard depth < JSONDocument.depthLimit else { throw error(.depth) }
    depth += 1
    position += 1
    let contents = try read(&self)
    depth -= 1
    return contents
  }

  private static func elements(
    _ scanner: inout JSONScanner
  ) throws(JSONDocumentError) -> [JSONValue] {
    var elements: [JSONValue] = []
    try scanner.skipBlanks()
    if scanner.skips("]") { return elements }
    scanner.keyPath.append(.index(0))
    while true {
      scanner.keyPath[scanner.keyPath.count - 1] = .index(elements.count)
      elements.append(try scanner.value())
      if try scanner.ends("]") { break }
    }
    scanner.keyPath.removeLast()
    return elements
  }

  private static func members(
    _ scanner: inout JSONScanner
  ) throws(JSONDocumentError) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    var lines: [String: Int] = [:]
    try scanner.skipBlanks()
    if scanner.skips("}") { return members }
    while true {
      try scanner.skipBlanks()
      let (start, offset) = (scanner.place, scanner.position)
      guard scanner.isNext("\"") else { throw scanner.unexpected("a key in double quotes") }
      let name = try scanner.text()
      scanner.keyPath.append(.key(name))
      if let line = lines.updateValue(start.line, forKey: name) {
        let problem = Problem.duplicateKey(excerpt(name.utf8), firstLine: line)
        throw scanner.error(problem, at: offset)
      }
      try scanner.skipBlanks()
      guard scanner.skips(":") else { throw scanner.unexpected("a colon after the key") }
      members.append(.init(name: name, position: start, value: try scanner.value()))
      scanner.keyPath.removeLast()
      if try scanner.ends("}") { return members }
    }
  }

  /// Passes over the comma before a further value, or over the end of the array or object.
  private mutating func ends(_ mark: Unicode.Scalar) throws(JSONDocumentError) -> Bool {
    try skipBlanks()
    if skips(mark) { return true }
    let comma = position
    guard skips(",") else { throw unexpected("a comma or \"\(mark)\"") }
    try skipBlanks()
    if isNext(mark) { throw error(.trailingComma("\"\(mark)\""), at: comma) }
    return false
  }

  private mutating func number() throws(JSONDocumentError) -> JSONValue.Content {
    let start = position
    let word = bytes[position...].prefix { isWordByte($0) }
    let literal = UnsafeBufferPointer(rebasing: word)
    guard isNumber(literal), let value = DecimalNumber.value(of: literal) else {
      throw unexpected("a number such as -1.5e3, which begins and ends with a digit")
    }
    if !value.isFinite { throw error(.overflow(excerpt(literal))) }
    let digits = literal.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    if value == 0, digits.contains(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) })
    {
      throw error(.underflow(excerpt(literal)))
    }
    position = start + literal.count
    return .number(value, literal: String(decoding: literal, as: UTF8.self))
  }

  /// Whether a decimal number is one in JSON too: no sign or point before the first digit, no zero before others, and
  /// digits after a point.
  private func isNumber(_ literal: UnsafeBufferPointer<UInt8>) -> Bool {
    let digits: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let unsigned = literal.drop { $0 == UInt8(ascii: "-") }
    let integer = unsigned.prefix(while: digits)
    guard literal.count - unsigned.count <= 1, let first = integer.first,
      integer.count == 1 || first != UInt8(ascii: "0")
    else { return false }
    let fraction = unsigned.dropFirst(integer.count)
    return fraction.first != UInt8(ascii: ".") || fraction.dropFirst().first.map(digits) == true
  }

  /// Moves the beginning of the line so that a character of several bytes counts as one.
  mutating func countOnce(bytes count: Int) { lineStart += count }
}

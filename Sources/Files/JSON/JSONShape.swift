// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What a JSON value must look like: enough to name a wrong key or kind with its place, to fill in what is left out,
/// and to be published as a JSON Schema.
public indirect enum JSONShape: Sendable, Hashable {
  /// Any value: what is in it is checked by its own reader.
  case any
  case number
  case integer
  case boolean
  case text
  /// One of these words.
  case word([String])
  case list(JSONShape)
  /// An object with these keys; what is left out is filled in from other values.
  case object([Member])
  /// An object with exactly one of these keys, which says which of several it is.
  case choice([Member])
  /// The first of these that the kind of value fits.
  case either([JSONShape])

  /// A key and what stands behind it.
  public struct Member: Sendable, Hashable {
    public let name: String
    public let shape: JSONShape
    /// One line for the reader of the schema.
    public let summary: String

    public init(_ name: String, _ shape: JSONShape, _ summary: String = "") {
      self.name = name
      self.shape = shape
      self.summary = summary
    }
  }

  /// What would be accepted, in words.
  public var description: String {
    switch self {
    case .any: "any value"
    case .number: "a number, or \"inf\", \"-inf\" or \"nan\""
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .text: "a text"
    case .word(let words): words.map { "\"\($0)\"" }.joined(separator: ", ")
    case .list: "an array"
    case .object(let members):
      "an object with keys among " + members.map(\.name).joined(separator: ", ")
    case .choice(let members):
      "an object with one of the keys " + members.map(\.name).joined(separator: ", ")
    case .either(let shapes): shapes.map(\.description).joined(separator: "; or ")
    }
  }
}

// MARK: - Checking

extension JSONShape {
  /// Checks a document.
  ///
  /// - Throws: ``JSONShapeError`` for the first key or value that has no place, or a wrong one.
  public func check(_ document: JSONDocument) throws(JSONShapeError) {
    try check(document.root, at: .top, in: document.path)
  }

  private func check(
    _ value: JSONValue, at path: JSONPath, in file: String
  ) throws(JSONShapeError) {
    func error(_ problem: JSONShapeError.Problem, _ position: TextPosition? = nil) -> JSONShapeError
    {
      JSONShapeError(
        file: file, position: position ?? value.position, path: path, problem: problem)
    }
    func below(_ component: JSONPath.Component) -> JSONPath {
      JSONPath(path.components + [component])
    }
    guard fits(value) else { throw error(.kind(found: value.kind, accepted: description)) }
    switch (self, value.content) {
    case (.integer, .number(_, let literal)) where Int(literal) == nil && UInt64(literal) == nil:
      throw error(.kind(found: literal, accepted: description))
    case (.word(let words), .string(let word)) where !words.contains(word):
      throw error(.word(word, nearest: nearestName(to: word, among: words), accepted: words))
    case (.list(let shape), .array(let values)):
      for (index, element) in values.enumerated() {
        try shape.check(element, at: below(.index(index)), in: file)
      }
    case (.object(let members), .object(let found)), (.choice(let members), .object(let found)):
      if case .choice = self, found.count != 1 {
        throw error(.kind(found: "an object of \(found.count) keys", accepted: description))
      }
      for member in found {
        guard let known = members.first(where: { $0.name == member.name }) else {
          let names = members.map(\.name)
          throw error(
            .key(
              member.name, nearest: nearestName(to: member.name, among: names), accepted: names),
            member.position)
        }
        try known.shape.check(member.value, at: below(.key(member.name)), in: file)
      }
    case (.either(let shapes), _):
      guard let shape = shapes.first(where: { $0.fits(value) }) else { return }
      try shape.check(value, at: path, in: file)
    default: break
    }
  }

  /// Whether the kind of a value is right, whatever is in it.
  private func fits(_ value: JSONValue) -> Bool {
    switch (self, value.content) {
    case (.any, _), (.number, .number), (.integer, .number), (.boolean, .bool), (.text, .string),
      (.word, .string), (.list, .array), (.object, .object), (.choice, .object):
      return true
    case (.number, .string(let text)): return ["inf", "-inf", "nan"].contains(text)
    case (.either(let shapes), _): return shapes.contains { $0.fits(value) }
    default: return false
    }
  }
}

// MARK: - Filling in

extension JSONShape {
  /// A value with what it leaves out taken from another; of a choice, only where both have chosen the same.
  ///
  /// - Precondition: both are of this shape.
  public func filled(_ value: JSONValue, from defaults: JSONValue) -> JSONValue {
    switch (self, value.content, defaults.content) {
    case (.object(let members), .object(let own), .object(let others)),
      (.choice(let members), .object(let own), .object(let others)):
      if case .choice = self, own.map(\.name) != others.map(\.name) { return value }
      let filled = own.map { member in
        guard let other = defaults[member.name],
          let shape = members.first(where: { $0.name == member.name })?.shape
        else { return member }
        return JSONValue.Member(
          name: member.name, position: member.position,
          value: shape.filled(member.value, from: other))
      }
      let missing = others.filter { value[$0.name] == nil }
      return JSONValue(content: .object(filled + missing), position: value.position)
    case (.either(let shapes), _, _):
      guard let shape = shapes.first(where: { $0.fits(value) && $0.fits(defaults) }) else {
        return value
      }
      return shape.filled(value, from: defaults)
    default: return value
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A value of a JSON document with its place.
public struct JSONValue: Sendable, Hashable {
  /// What a value is.
  public enum Content: Sendable, Hashable {
    /// The members in the order of the text; no two have the same name.
    case object([Member])
    case array([JSONValue])
    /// The nearest double and the text it was read from, which tells large integers apart.
    case number(Double, literal: String)
    case string(String)
    case bool(Bool)
    case null
  }

  /// A key of an object with its value.
  public struct Member: Sendable, Hashable {
    /// The key.
    public let name: String

    /// Where the key stands.
    public let position: TextPosition

    /// The value.
    public let value: JSONValue
  }

  /// What the value is.
  public let content: Content

  /// Where it begins.
  public let position: TextPosition

  /// The value of a key; nil if there is none or this is no object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = content else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The kind of the value, in words.
  public var kind: String {
    switch content {
    case .object: "an object"
    case .array: "an array"
    case .number: "a number"
    case .string: "a text"
    case .bool: "true or false"
    case .null: "null"
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// A JSON text, read strictly: every value and key with its place, so that what is wrong in it can be shown.
///
/// Refused are keys given twice, numbers that a double cannot hold, and everything that the grammar of JSON
/// (RFC 8259) does not know. Any value may stand at the top. A byte order mark is passed over.
public struct JSONDocument: Sendable, Hashable {
  /// How deep arrays and objects may be nested.
  public static let depthLimit = 128

  /// The file, for messages.
  public let path: String

  /// The value at the top.
  public let root: JSONValue

  /// Reads and checks a file.
  ///
  /// - Throws: ``FileError`` if it cannot be read, ``JSONDocumentError`` if it is not valid.
  public init(contentsOf path: String) throws {
    var file = try OpenFile(path, .read)
    let data = try file.readAll()
    try file.close()
    try self.init(data: data, path: path)
  }

  /// Reads and checks the bytes of a file.
  ///
  /// - Parameter path: Names the file in errors.
  public init(data: Data, path: String) throws(JSONDocumentError) {
    let kind = FileKind(of: data)
    switch kind {
    case .json, .text: break
    default: throw JSONDocumentError(path: path, problem: .wrongKind(kind))
    }
    self.path = path
    root = try data.withUnsafeBytes { bytes in
      Result { () throws(JSONDocumentError) in
        try JSONScanner.value(bytes.bindMemory(to: UInt8.self), path: path)
      }
    }.get()
  }

  /// A key of an object in the document.
  public struct Key: Sendable, Hashable {
    /// The way to the object.
    public let objectPath: JSONPath

    /// The key itself.
    public let name: String

    /// Where the key stands.
    public let position: TextPosition

    /// The way to the key's value.
    public var path: JSONPath { JSONPath(objectPath.components + [.key(name)]) }
  }

  /// The keys of all objects, in the order of the text; for comparison with those that are known.
  public var keys: [Key] {
    var keys: [Key] = []
    Self.collectKeys(of: root, JSONPath.top, into: &keys)
    return keys
  }

  private static func collectKeys(of value: JSONValue, _ path: JSONPath, into keys: inout [Key]) {
    switch value.content {
    case .object(let members):
      for member in members {
        let key = Key(objectPath: path, name: member.name, position: member.position)
        keys.append(key)
        collectKeys(of: member.value, key.path, into: &keys)
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collectKeys(of: element, JSONPath(path.components + [.index(index)]), into: &keys)
      }
    case .number, .string, .bool, .null: break
    }
  }

  /// The value at the end of a path, nil if the document has none there.
  public func value(at path: JSONPath) -> JSONValue? {
    path.components.reduce(root) { (value: JSONValue?, component) in
      switch (component, value?.content) {
      case (.key(let name), .object(let members)): members.first { $0.name == name }?.value
      case (.index(let index), .array(let elements)):
        elements.indices.contains(index) ? elements[index] : nil
      default: nil
      }
    }
  }
}

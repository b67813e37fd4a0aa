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
    try self.init(data: try FileSystem.contents(of: path), path: path)
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
}

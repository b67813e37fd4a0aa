// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// What a file holds, as far as its first bytes tell: a file of another kind than the expected one is refused by name.
public enum FileKind: Sendable, Hashable, CaseIterable {
  case empty, numpyArray, zipArchive, gzip, safeTensors, json, utf16Text, text, binary

  /// How much of a file is looked at.
  private static let prefixLength = 4096

  /// The kind of a file's contents.
  public init(of data: Data) {
    self = data.prefix(FileKind.prefixLength).withUnsafeBytes {
      FileKind(beginning: $0.bindMemory(to: UInt8.self))
    }
  }

  /// The kind of a file, of which no more is read than is needed.
  ///
  /// - Throws: ``FileError``.
  public init(ofFile path: String) throws(FileError) {
    var file = try OpenFile(path, .read)
    self.init(of: try file.nextBytes(FileKind.prefixLength))
    try file.close()
  }

  private init(beginning bytes: UnsafeBufferPointer<UInt8>) {
    let text = bytes.dropFirst(byteOrderMarkLength(in: bytes))
    if bytes.isEmpty {
      self = .empty
    } else if bytes.starts(with: NumpyArray.magic) {
      self = .numpyArray
    } else if [[3, 4], [5, 6], [7, 8]].contains(where: { bytes.starts(with: Array("PK".utf8) + $0) }
    ) {
      self = .zipArchive
    } else if bytes.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[4..<8].allSatisfy({ $0 == 0 }) {
      // The length of the header, in eight bytes, comes before it.
      self = .safeTensors
    } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      self = .utf16Text
    } else if text.contains(0) {
      self = .binary
    } else if let first = text.first(where: { $0 > 0x20 }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    {
      self = .json
    } else {
      self = .text
    }
  }
}

extension FileKind: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "an empty file"
    case .numpyArray: "a NumPy array (.npy)"
    case .zipArchive: "a zip archive (such as NumPy's .npz)"
    case .gzip: "a file compressed by gzip"
    case .safeTensors: "a safetensors file"
    case .json: "a JSON file"
    case .utf16Text: "text in UTF-16"
    case .text: "plain text"
    case .binary: "a binary file"
    }
  }
}

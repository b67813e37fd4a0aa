// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// An array of bytes from a file in the IDX format, in which the MNIST data sets come, plain or compressed by gzip: two
/// zeros, the type of the elements, the number of extents, the extents as big-endian 32-bit numbers, and the elements.
public struct IDXArray: Sendable, Hashable {
  /// One extent or more.
  public let shape: [Int]
  /// Row-major, as many as the product of the shape.
  public let bytes: [UInt8]

  /// The code of elements that are unsigned bytes.
  private static let byteType: UInt8 = 0x08
  /// The most bytes that are accepted in a compressed file.
  private static let limit = 1 << 33

  /// Reads and checks a file.
  ///
  /// - Throws: ``FileError``, ``GzipError``, ``IDXError``.
  public init(contentsOf path: String) throws {
    let data = try FileSystem.contents(of: path)
    let bytes =
      FileKind(of: data) == .gzip
      ? try Gzip.decompressed(data, limit: Self.limit, path: path) : [UInt8](data)
    try self.init(bytes: bytes, path: path)
  }

  /// Checks the bytes of a file that is not compressed.
  ///
  /// - Parameter path: names the file in errors.
  /// - Throws: ``IDXError``.
  public init(bytes: [UInt8], path: String) throws(IDXError) {
    guard bytes.count >= 4 else {
      throw IDXError(path: path, problem: .truncated(length: bytes.count, needed: 4))
    }
    guard bytes[0] == 0, bytes[1] == 0, bytes[3] > 0 else {
      throw IDXError(path: path, problem: .magic(Array(bytes[..<4])))
    }
    guard bytes[2] == Self.byteType else {
      throw IDXError(path: path, problem: .elementType(bytes[2]))
    }
    let start = 4 + 4 * Int(bytes[3])
    guard bytes.count >= start else {
      throw IDXError(path: path, problem: .truncated(length: bytes.count, needed: start))
    }
    let shape = stride(from: 4, to: start, by: 4).map { offset in
      bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product < Int.max - start else {
        throw IDXError(path: path, problem: .shape(shape))
      }
      count = product
    }
    guard bytes.count >= start + count else {
      throw IDXError(path: path, problem: .truncated(length: bytes.count, needed: start + count))
    }
    guard bytes.count == start + count else {
      throw IDXError(path: path, problem: .trailing(length: bytes.count, needed: start + count))
    }
    self.shape = shape
    self.bytes = Array(bytes[start...])
  }
}

/// A file that is not valid in the IDX format, or holds no bytes.
public struct IDXError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// The file begins with something else than the format's two zeros, type and number of extents.
    case magic([UInt8])
    /// The elements are of another type than bytes.
    case elementType(UInt8)
    /// There are more elements than can be counted.
    case shape([Int])
    /// The file ends before its elements do.
    case truncated(length: Int, needed: Int)
    /// There are bytes after the elements.
    case trailing(length: Int, needed: Int)
    /// The array has another number of extents than what it is to be.
    case extents(found: [Int], expected: String)
  }

  /// The file.
  public let path: String
  /// What is wrong.
  public let problem: Problem

  /// An error about a file.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(words)." }

  private var words: String {
    switch problem {
    case .magic(let bytes):
      "the file begins with the bytes \(bytes), and an IDX file with 0, 0, its type and the number of its "
        + "extents: it is none"
    case .elementType(let code):
      "the elements are of the type 0x\(String(code, radix: 16)); accepted are unsigned bytes, 0x8"
    case .shape(let shape): "the shape \(shape) has more elements than can be held"
    case .truncated(let length, let needed):
      "the file is cut off: it has \(length) bytes, and its elements end at \(needed)"
    case .trailing(let length, let needed):
      "\(length - needed) bytes follow the elements, where the file should end"
    case .extents(let found, let expected):
      "the array has the shape \(found); accepted is \(expected)"
    }
  }
}

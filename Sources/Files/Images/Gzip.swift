// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CZlib
public import Foundation

/// Files compressed by gzip.
public enum Gzip {
  /// What a file holds, decompressed.
  ///
  /// - Parameters:
  ///   - limit: more bytes are not accepted, so that a small file cannot fill the memory.
  ///   - path: names the file in errors.
  /// - Throws: ``GzipError``.
  public static func decompressed(
    _ data: Data, limit: Int, path: String
  ) throws(GzipError) -> [UInt8] {
    var stream = z_stream()
    // 15 bits of window, and 16 more for gzip's own header and checksum.
    let opened = inflateInit2_(
      &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(opened == Z_OK, "zlib cannot be used: \(opened)")
    defer { inflateEnd(&stream) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(limit, 4 * data.count))
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var input = data[...]
    while true {
      // zlib counts its input in 32 bits.
      let part = input.prefix(1 << 30)
      let (code, left, count) = part.withUnsafeBytes { input in
        chunk.withUnsafeMutableBytes { output in
          stream.next_in = UnsafeMutablePointer(
            mutating: input.bindMemory(to: UInt8.self).baseAddress)
          stream.avail_in = UInt32(input.count)
          stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
          stream.avail_out = UInt32(output.count)
          let code = inflate(&stream, Z_NO_FLUSH)
          return (code, Int(stream.avail_in), output.count - Int(stream.avail_out))
        }
      }
      bytes += chunk[..<count]
      input = input.dropFirst(part.count - left)
      guard bytes.count <= limit else { throw GzipError(path: path, problem: .tooLarge(limit)) }
      switch code {
      case Z_STREAM_END:
        // Several compressed files one after another are their contents one after another.
        if input.isEmpty { return bytes }
        inflateReset(&stream)
      case Z_OK, Z_BUF_ERROR:
        if input.isEmpty && count == 0 {
          throw GzipError(path: path, problem: .truncated(length: data.count, bytes.count))
        }
      default:
        let words = stream.msg.map { String(cString: $0) } ?? "code \(code)"
        throw GzipError(path: path, problem: .damaged(words))
      }
    }
  }
}

/// A file that cannot be decompressed.
public struct GzipError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// The file ends before what it holds.
    case truncated(length: Int, Int)
    /// The compressed bytes are not as they were written, or not gzip's.
    case damaged(String)
    /// There are more bytes in it than accepted.
    case tooLarge(Int)
  }

  /// The file.
  public let path: String
  /// What is wrong.
  public let problem: Problem

  public var description: String {
    switch problem {
    case .truncated(let length, let count):
      "\(path): the compressed file is cut off: its \(length) bytes give \(count), and the end is "
        + "missing."
    case .damaged(let words): "\(path): the compressed file is damaged (\(words))."
    case .tooLarge(let limit):
      "\(path): there are more than \(limit) bytes in the compressed file, the most accepted."
    }
  }
}

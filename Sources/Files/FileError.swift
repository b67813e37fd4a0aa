// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// A file operation that the system refused.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was attempted, as a verb that completes "cannot ...".
  public enum Operation: String, Sendable, Hashable {
    case open, create, read, write, flush, close, rename, remove, list, truncate
  }

  /// What was attempted.
  public let operation: Operation

  /// The file or folder concerned.
  public let path: String

  /// The system's error number (errno).
  public let code: Int32

  /// An error with a given number.
  public init(_ operation: Operation, _ path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The system's words for the error number.
  public var reason: String { String(cString: strerror(code)) }

  public var description: String { "Cannot \(operation.rawValue) \(path): \(reason)." }
}

extension FileError {
  /// The error that the last failed system call of this thread has left behind.
  public static func last(_ operation: Operation, _ path: String) -> FileError {
    FileError(operation, path, code: errno)
  }
}

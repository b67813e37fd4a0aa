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

  /// Why, where the system's words would not say it.
  private let ownReason: String?

  /// An error with a given number.
  ///
  /// - Parameter reason: stands for the system's words.
  public init(_ operation: Operation, _ path: String, code: Int32, reason: String? = nil) {
    self.operation = operation
    self.path = path
    self.code = code
    ownReason = reason
  }

  /// The same of a file by another name.
  func shown(as path: String) -> FileError {
    FileError(operation, path, code: code, reason: ownReason)
  }

  /// The system's words for the error number, or what says more.
  public var reason: String { ownReason ?? String(cString: strerror(code)) }

  public var description: String { "Cannot \(operation.rawValue) \(path): \(reason)." }
}

extension FileError {
  /// The error that the last failed system call of this thread has left behind.
  public static func last(_ operation: Operation, _ path: String) -> FileError {
    FileError(operation, path, code: errno)
  }
}

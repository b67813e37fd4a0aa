// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// The standard output stream: a command's results.
public enum StandardOutput {
  /// Writes text at once.
  ///
  /// - Throws: ``FileError`` if it cannot be written, as when the stream is a file on a full disk.
  public static func write(_ text: String) throws(FileError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes {
        Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw .last(.write, "standard output")
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Lets the process fail at its end, with a message and the exit code 1, if the C library could not write what was
  /// printed, such as the help of a command on a full disk.
  ///
  /// Call this once.
  public static func failAtExitIfUnwritten() {
    atexit {
      guard fflush(nil) != 0 else { return }
      let code = errno
      let reason = code == 0 ? "a write failed" : String(cString: strerror(code))
      let message = Array("Error: Cannot write standard output: \(reason).\n".utf8)
      _ = Foundation.write(STDERR_FILENO, message, message.count)
      _exit(1)
    }
  }
}

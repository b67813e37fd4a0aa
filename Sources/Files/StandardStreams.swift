// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// The three streams that every program is given, or should be.
public enum StandardStreams {
  /// Puts `/dev/null` where a stream is closed, as under some schedulers. A file opened later would otherwise become
  /// the standard output, and receive what a command prints. Results written to a standard output that was closed are
  /// refused, messages to a standard error that was closed are swallowed.
  ///
  /// Call this before anything is opened.
  public static func occupy() {
    occupy(STDIN_FILENO...STDIN_FILENO)
    occupy(STDOUT_FILENO...STDOUT_FILENO, O_RDONLY)
    occupy(STDERR_FILENO...STDERR_FILENO)
  }

  static func occupy(_ descriptors: ClosedRange<Int32>, _ mode: Int32 = O_RDWR) {
    for descriptor in descriptors where fcntl(descriptor, F_GETFD) == -1 {
      let null = open("/dev/null", mode)
      if null >= 0 && null != descriptor {
        dup2(null, descriptor)
        close(null)
      }
    }
  }
}

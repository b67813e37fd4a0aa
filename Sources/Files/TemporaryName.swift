// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// The names under which a file lies beside its target until it is whole.
struct TemporaryName {
  /// One that nobody else has.
  let text: String

  /// What the names for a target begin with: all of its own name that leaves room for the rest.
  private let stem: String

  /// The longest name that file systems take, in bytes.
  private static let longest = 255

  private static let digitCount = 8

  /// How long ago a file was last written that nobody can be about to lock, in seconds.
  private static let restingTime = 10

  init(of name: String) {
    let added = 2 + Self.digitCount + AtomicFile.partialSuffix.utf8.count
    var kept = name
    while kept.utf8.count > Self.longest - added { kept.unicodeScalars.removeLast() }
    stem = ".\(kept)."
    text = stem + UUID().uuidString.prefix(Self.digitCount) + AtomicFile.partialSuffix
  }

  /// Removes what processes that have ended left of the same target. Those that live hold a lock on theirs.
  ///
  /// - Parameter folder: the system's number of the open folder.
  func removeRemains(in folder: Int32, path: String) {
    guard let names = try? FileSystem.names(in: path) else { return }
    let length = stem.utf8.count + Self.digitCount + AtomicFile.partialSuffix.utf8.count
    for name in names
    where name.hasPrefix(stem) && name.hasSuffix(AtomicFile.partialSuffix)
      && name.utf8.count == length
    {
      let descriptor = openat(folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        time(nil) - status.lastWrite > Self.restingTime, flock(descriptor, LOCK_EX | LOCK_NB) == 0
      {
        unlinkat(folder, name, 0)
      }
      close(descriptor)
    }
  }
}

extension stat {
  /// In seconds.
  fileprivate var lastWrite: Int {
    #if canImport(Darwin)
      st_mtimespec.tv_sec
    #else
      st_mtim.tv_sec
    #endif
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// An open folder. Files in it are reached from the folder itself, not by its path: what is written goes into this
/// folder even where it has been moved, and never into another that has taken its name.
public struct OpenFolder: ~Copyable {
  /// The path the folder was opened with, for messages and for ``place``.
  public let path: String
  private let descriptor: Int32

  /// Where an open folder is found.
  public enum Place: Sendable, Hashable {
    /// The path it was opened with still leads to it.
    case inPlace
    /// It is there, but the path leads to nothing or elsewhere.
    case moved
    case removed
  }

  /// - Throws: ``FileError``, also if there is something else at the path.
  public init(_ path: String) throws(FileError) {
    try self.init(opening: path, from: AT_FDCWD, path: path)
  }

  private init(opening name: String, from folder: Int32, path: String) throws(FileError) {
    let descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last(.open, path) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }

  /// A folder inside.
  public func folder(_ name: String) throws(FileError) -> OpenFolder {
    try OpenFolder(opening: name, from: descriptor, path: "\(path)/\(name)")
  }

  /// A file inside.
  public func file(_ name: String, _ mode: OpenFile.Mode) throws(FileError) -> OpenFile {
    try OpenFile(opening: name, from: descriptor, path: "\(path)/\(name)", mode)
  }

  /// Claims the folder for this process as long as it is open.
  ///
  /// - Returns: Whether no other holder was found; true where the file system knows no locks.
  public func lock() -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }

  /// Where the folder is now.
  public var place: Place {
    var (own, found) = (stat(), stat())
    guard fstat(descriptor, &own) == 0, own.st_nlink > 0 else { return .removed }
    let isSame =
      stat(path, &found) == 0 && found.st_dev == own.st_dev && found.st_ino == own.st_ino
    return isSame ? .inPlace : .moved
  }

  /// Whether something inside has a name.
  public func holds(_ name: String) -> Bool { faccessat(descriptor, name, F_OK, 0) == 0 }

  /// Waits until entries made, renamed or removed have reached the device; a folder that cannot be flushed, as on
  /// some network file systems, is left to the system.
  public func flush() throws(FileError) {
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EBADF else {
      throw .last(.flush, path)
    }
  }
}

extension OpenFolder {
  /// Writes data to a file inside, replacing one that exists, in one step (see ``AtomicFile``).
  ///
  /// - Throws: ``FileError``.
  public func write(_ data: Data, to name: String) throws {
    try replace(name, shownAs: "\(path)/\(name)") { file in try file.write(data) }
  }

  /// See ``AtomicFile/replace(_:contents:)``. A link in the place of the file is replaced itself.
  ///
  /// - Parameter shown: names the file in errors.
  func replace(
    _ name: String, shownAs shown: String, contents: (borrowing OpenFile) throws -> Void
  ) throws {
    var status = stat()
    let exists = fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    let type = status.st_mode & S_IFMT
    guard !exists || type == S_IFREG || type == S_IFLNK else {
      throw FileError(.create, shown, code: EEXIST)
    }
    let temporary = TemporaryName(of: name)
    do {
      temporary.removeRemains(in: descriptor, path: path)
      var file = try OpenFile(
        temporary: temporary.text, in: descriptor, path: "\(path)/\(temporary.text)")
      if exists && type == S_IFREG { file.setPermissions(status.st_mode & 0o7777) }
      try contents(file)
      try file.flush()
      try file.giveName(temporary.text, in: descriptor)
      try file.close()
      guard renameat(descriptor, temporary.text, descriptor, name) == 0 else {
        throw FileError.last(.rename, shown)
      }
    } catch {
      unlinkat(descriptor, temporary.text, 0)
      // The caller knows the target's name, not the temporary file's.
      if let error = error as? FileError, error.path == "\(path)/\(temporary.text)" {
        throw error.shown(as: shown)
      }
      throw error
    }
    try flush()
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// An open file whose every operation is checked. Closing it with ``close()`` reports a failure;
/// a file that is only dropped is closed without a report.
///
/// Only regular files are opened: a pipe or a device in the place of one would keep a program waiting, or give it
/// bytes without end.
public struct OpenFile: ~Copyable {
  /// The path the file was opened with, for messages.
  public let path: String

  /// The system's number of the file, or -1 once it is closed.
  private var descriptor: Int32

  /// Whether it has no name yet.
  private var isUnnamed = false

  /// How a file is opened.
  public enum Mode: Sendable {
    case read
    /// A new file; it must not exist.
    case create
    /// An existing or new file to whose end everything is written.
    case append

    fileprivate var flags: Int32 {
      switch self {
      case .read: O_RDONLY
      case .create: O_WRONLY | O_CREAT | O_EXCL
      case .append: O_RDWR | O_CREAT | O_APPEND
      }
    }

    fileprivate var operation: FileError.Operation {
      switch self {
      case .read: .open
      case .create, .append: .create
      }
    }
  }

  public init(_ path: String, _ mode: Mode) throws(FileError) {
    try self.init(opening: path, from: AT_FDCWD, path: path, mode)
  }

  /// A file by its name in an open folder.
  init(
    opening name: String, from folder: Int32, path: String, _ mode: Mode
  ) throws(FileError) {
    // Without O_NONBLOCK the opening of a pipe waits for its other end; regular files do not know it.
    let descriptor = openat(folder, name, mode.flags | O_CLOEXEC | O_NONBLOCK, 0o666)
    guard descriptor >= 0 else { throw .last(mode.operation, path) }
    if let error = Self.refusal(descriptor, mode, path) {
      _ = Foundation.close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  /// A file of which nothing is left if the process ends before it has its name: without one as long as it is written
  /// where the system knows such files, and locked otherwise, which tells it from the remains of ended processes.
  ///
  /// - Parameters:
  ///   - name: the one it gets by ``giveName(_:in:)``, or has.
  ///   - folder: the system's number of the open folder.
  ///   - path: for messages.
  init(temporary name: String, in folder: Int32, path: String) throws(FileError) {
    #if os(Linux)
      let unnamed = openat(folder, ".", O_WRONLY | O_CLOEXEC | Self.withoutName, 0o666)
      if unnamed >= 0 {
        self.init(unnamed: unnamed, path: path)
        return
      }
    #endif
    try self.init(opening: name, from: folder, path: path, .create)
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
  }

  private init(unnamed descriptor: Int32, path: String) {
    self.path = path
    self.descriptor = descriptor
    isUnnamed = true
  }

  #if os(Linux)
    /// O_TMPFILE, which is no plain number in the system's header.
    private static let withoutName: Int32 = 0o20000000 | O_DIRECTORY
  #endif

  /// Gives a file that has no name the one meant for it.
  mutating func giveName(_ name: String, in folder: Int32) throws(FileError) {
    guard isUnnamed else { return }
    #if os(Linux)
      guard
        linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", folder, name, Int32(AT_SYMLINK_FOLLOW)) == 0
      else { throw .last(.create, path) }
    #endif
    isUnnamed = false
  }

  /// Why what was opened is not used.
  private static func refusal(_ descriptor: Int32, _ mode: Mode, _ path: String) -> FileError? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .last(mode.operation, path) }
    let kind: String
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return FileError(mode.operation, path, code: EISDIR)
    case S_IFIFO: kind = "a pipe"
    case S_IFCHR, S_IFBLK:
      // What is appended to one ends there; what is read of one need not end.
      guard case .read = mode else { return nil }
      kind = "a device"
    default: kind = "no file of bytes"
    }
    return FileError(
      mode.operation, path, code: EINVAL,
      reason: "it is \(kind), and only regular files are accepted; write the contents to a file")
  }

  deinit {
    if descriptor >= 0 { _ = Foundation.close(descriptor) }
  }

  /// Writes all of the data at the file's position, however many calls that takes.
  public func write(_ data: Data) throws(FileError) {
    let code = data.withUnsafeBytes { bytes in writeAll(bytes) }
    if code != 0 { throw FileError(.write, path, code: code) }
  }

  /// Writes text in UTF-8.
  public func write(text: String) throws(FileError) { try write(Data(text.utf8)) }

  /// Returns zero or the error number.
  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return 0
  }

  /// Reads to the end of the file.
  public func readAll() throws(FileError) -> Data { try nextBytes(.max) }

  /// Reads so many bytes on, or to the end of the file where it has fewer.
  func nextBytes(_ limit: Int) throws(FileError) -> Data {
    var data = Data()
    var chunk = [UInt8](repeating: 0, count: min(limit, 1 << 20))
    while true {
      let count = read(descriptor, &chunk, min(chunk.count, limit - data.count))
      if count < 0 {
        if errno == EINTR { continue }
        throw .last(.read, path)
      }
      if count == 0 { return data }
      data.append(contentsOf: chunk[..<count])
    }
  }

  /// The file's length in bytes.
  public func length() throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last(.read, path) }
    return Int(status.st_size)
  }

  /// Whether no folder has the file any more.
  public var isRemoved: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink == 0
  }

  /// Cuts the file to a length.
  public func truncate(to length: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw .last(.truncate, path) }
  }

  /// Gives the file permissions.
  func setPermissions(_ permissions: mode_t) { _ = fchmod(descriptor, permissions) }

  /// Waits until everything written has reached the device.
  public func flush() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw .last(.flush, path) }
  }

  /// Closes the file; some systems report a failed write only here.
  public mutating func close() throws(FileError) {
    let closed = Foundation.close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw .last(.close, path) }
  }
}

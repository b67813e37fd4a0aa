// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// Files that appear complete or not at all.
///
/// The contents go to a temporary file, are flushed to the device, and then take the target's name in one step. Until
/// that step an existing target keeps its contents; if anything fails it keeps them for good, and the temporary file is
/// removed. Where the system knows files without names the temporary one has none until it is complete, so that nothing
/// is left of it whenever the process ends; elsewhere it lies beside the target, and the next write of the same target
/// removes what an ended process has left.
public enum AtomicFile {
  /// The ending of temporary files; their names also start with a dot.
  public static let partialSuffix = ".partial"

  /// Writes data to a file, replacing one that exists.
  ///
  /// - Throws: ``FileError``, see ``replace(_:contents:)``.
  public static func write(_ data: Data, to path: String) throws {
    try replace(path) { file in try file.write(data) }
  }

  /// Writes what `contents` writes to a file, replacing one that exists.
  ///
  /// A link is followed, and the permissions of an existing file are kept.
  ///
  /// - Throws: ``FileError`` if the system refuses an operation, with the code EEXIST if the target
  ///   exists and is not a regular file; or the error of `contents`.
  public static func replace(
    _ path: String, contents: (borrowing OpenFile) throws -> Void
  ) throws {
    let target = try resolvedTarget(path)
    try folder(of: target).replace(fileName(of: target), shownAs: target, contents: contents)
  }

  /// The folder of a file, which cannot be created where that cannot be opened.
  private static func folder(of target: String) throws(FileError) -> OpenFolder {
    do {
      return try OpenFolder(parentFolder(of: target))
    } catch {
      throw FileError(.create, target, code: error.code)
    }
  }

  /// As many links as systems follow.
  private static let longestChain = 40

  /// The file that is to be replaced: the path itself, or the file it links to, which need not exist.
  private static func resolvedTarget(_ path: String) throws(FileError) -> String {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw FileError(.create, path, code: EEXIST)
      }
      guard let resolved = realpath(path, nil) else { throw .last(.open, path) }
      defer { free(resolved) }
      return String(cString: resolved)
    }
    var target = path
    for _ in 0..<longestChain {
      guard let next = linkContents(target) else { return target }
      target = next.hasPrefix("/") ? next : "\(parentFolder(of: target))/\(next)"
    }
    throw FileError(.create, path, code: ELOOP)
  }

  /// What a link says; nil for what is no link.
  private static func linkContents(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count)
    return count < 0
      ? nil : String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// The folder that holds a path's last component.
public func parentFolder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The last component of a path.
public func fileName(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// Files that appear complete or not at all.
///
/// The contents go to a temporary file beside the target, are flushed to the device, and then take
/// the target's name in one step. Until that step an existing target keeps its contents; if
/// anything fails it keeps them for good, and the temporary file is removed.
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

  /// The file that is to be replaced: the path itself, or the file it links to.
  private static func resolvedTarget(_ path: String) throws(FileError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(.create, path, code: EEXIST)
    }
    guard let resolved = realpath(path, nil) else { throw .last(.open, path) }
    defer { free(resolved) }
    return String(cString: resolved)
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

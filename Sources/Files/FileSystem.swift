// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// Operations on files and folders with checked results.
public enum FileSystem {
  /// The bytes of a file.
  ///
  /// - Throws: ``FileError``, also for what is no regular file.
  public static func contents(of path: String) throws(FileError) -> Data {
    var file = try OpenFile(path, .read)
    let data = try file.readAll()
    try file.close()
    return data
  }

  /// Whether something exists at a path.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether there is a folder at a path, or a link to one.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Creates a folder and the folders above it that do not exist.
  ///
  /// - Returns: The folders created, outermost first.
  public static func createFolders(_ path: String) throws(FileError) -> [String] {
    if mkdir(path, 0o777) == 0 { return [path] }
    if errno == ENOENT, parentFolder(of: path) != path {
      let parents = try createFolders(parentFolder(of: path))
      if mkdir(path, 0o777) == 0 { return parents + [path] }
      // Somebody else may have made it meanwhile.
      if errno == EEXIST, isFolder(path) { return parents }
      let error = FileError.last(.create, path)
      for parent in parents.reversed() { rmdir(parent) }
      throw error
    }
    guard errno == EEXIST else { throw .last(.create, path) }
    guard isFolder(path) else { throw FileError(.create, path, code: ENOTDIR) }
    return []
  }

  /// The names in a folder, sorted by their bytes.
  public static func names(in folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else { throw .last(.list, folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      // The name field is a tuple of its longest length; the name ends at its zero byte.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Removes a file or a folder with everything in it; does nothing where there is none.
  public static func removeTree(_ path: String) throws(FileError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw .last(.remove, path)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try removeTree("\(path)/\(name)") }
      guard rmdir(path) == 0 else { throw .last(.remove, path) }
    } else {
      guard unlink(path) == 0 else { throw .last(.remove, path) }
    }
  }

  /// Gives a file or folder another name on the same file system.
  public static func move(_ path: String, to target: String) throws(FileError) {
    guard rename(path, target) == 0 else { throw .last(.rename, target) }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// Runs a body with the path of a new folder, which is removed afterwards.
public func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("toylab-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// Everything under a folder by relative path, with the contents of the files; nil for folders.
public func contents(of folder: String) -> [String: Data?] {
  var contents: [String: Data?] = [:]
  for name in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
    let path = "\(folder)/\(name)"
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    contents[name] = .some(isFolder.boolValue ? nil : FileManager.default.contents(atPath: path))
  }
  return contents
}

/// The text of a file, nil if there is none.
public func text(at path: String) -> String? {
  FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

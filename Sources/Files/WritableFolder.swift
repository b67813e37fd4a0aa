// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

extension FileSystem {
  /// Checks that files can be created in a folder, which need not exist, and leaves everything as it was.
  ///
  /// A command that works for long before it writes its result calls this first.
  ///
  /// - Throws: ``FileError``.
  public static func checkWritable(_ folder: String) throws {
    let created = try createFolders(folder)
    defer { for folder in created.reversed() { rmdir(folder) } }
    let path = "\(folder)/.toylab-\(UUID().uuidString.prefix(8))\(AtomicFile.partialSuffix)"
    var file = try OpenFile(path, .create)
    defer { unlink(path) }
    try file.write(Data("toylab".utf8))
    try file.close()
  }
}

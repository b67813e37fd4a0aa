// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files

/// Finds out before a result is computed whether it can be written.
///
/// - Throws: ``NoFolderError``, or `FileError`.
func checkPlace(of file: String, option: String) throws {
  let folder = parentFolder(of: file)
  guard FileSystem.exists(folder) else {
    throw NoFolderError(option: option, file: file, folder: folder)
  }
  try FileSystem.checkWritable(folder)
}

/// A file in a folder that does not exist.
struct NoFolderError: Error, Equatable, CustomStringConvertible {
  let option: String
  let file: String
  let folder: String

  var description: String {
    "\(option) \(file): there is no folder \(folder); create it first"
  }
}

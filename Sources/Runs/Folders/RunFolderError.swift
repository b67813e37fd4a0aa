// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why a run folder cannot be used.
public enum RunFolderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder holds a run and was to be new.
  case holdsRun(path: String)

  /// The folder is not empty and holds no run, so that nothing in it may be replaced.
  case notARun(path: String)

  /// Another process is running in the folder.
  case inUse(path: String)

  /// A run was to be resumed where there is no complete checkpoint.
  case nothingToResume(path: String)

  /// A line of a metrics file is no row.
  case metrics(path: String, line: Int)

  /// A configuration cannot be decoded, or not be encoded.
  case configuration(path: String, detail: String)

  public var description: String {
    switch self {
    case .holdsRun(let path):
      "\(path) already holds a run: choose another name, resume it, or overwrite it."
    case .notARun(let path):
      "\(path) is not empty and holds no run (no run.json): choose another folder."
    case .inUse(let path):
      "\(path) is in use by another process: choose another folder or wait for its end."
    case .nothingToResume(let path):
      "\(path) holds no complete checkpoint to resume from: start the run anew."
    case .metrics(let path, let line):
      "\(path), line \(line): not a row of metrics of the form {\"step\":1,...}."
    case .configuration(let path, let detail):
      "\(path): not the configuration of a run (\(detail))."
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why a run folder cannot be used.
public enum RunFolderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder holds a run and was to be new.
  case holdsRun(path: String)

  /// The folder is not empty and holds no run, so that nothing in it may be replaced.
  case notARun(path: String)

  /// Another process is running in the folder.
  case inUse(path: String)

  /// A run was to be resumed where there is none.
  case nothingToResume(path: String)

  /// A line of a metrics file is no row.
  case metrics(path: String, line: Int)

  /// A configuration cannot be decoded, or not be encoded.
  case configuration(path: String, detail: String)

  /// A configuration is not as the run has written it.
  case changed(path: String, record: String)

  /// The record of a run cannot be decoded.
  case record(path: String, detail: String)

  /// A run that has diverged was to be resumed.
  case diverged(path: String, reason: String)

  /// The folder was moved while its run went on.
  case moved(path: String)

  /// The folder was removed while its run went on.
  case removed(path: String)

  /// A file in the folder was removed while the run went on.
  case partRemoved(path: String)

  public var description: String {
    switch self {
    case .holdsRun(let path):
      "\(path) already holds a run: choose another name, resume it, or overwrite it."
    case .notARun(let path):
      "\(path) is not empty and holds no run (no run.json): choose another folder."
    case .inUse(let path):
      "\(path) is in use by another process: choose another folder or wait for its end."
    case .nothingToResume(let path):
      "\(path) holds no run to resume, neither a run.json nor a checkpoint: start one."
    case .metrics(let path, let line):
      "\(path), line \(line): not a row of metrics of the form {\"step\":1,...}."
    case .configuration(let path, let detail):
      "\(path): not the configuration of a run (\(detail))."
    case .changed(let path, let record):
      "\(path) is not as the run has written it: its fingerprint is none of those in \(record). Restore it; other "
        + "settings are another run."
    case .record(let path, let detail):
      "\(path): not the record of a run (\(detail)). Without the file the run can be used, but not checked."
    case .diverged(let path, let reason):
      "\(path) holds a run that has diverged, and would again at the same step: \(reason)"
    case .moved(let path):
      "The folder of the run is no longer at \(path): it was moved while the run went on, which is stopped. Where "
        + "the folder is now the run can be resumed."
    case .removed(let path):
      "The folder of the run, \(path), was removed while the run went on, which is stopped; nothing of it is kept."
    case .partRemoved(let path):
      "\(path) was removed while its run went on, which is stopped."
    }
  }
}

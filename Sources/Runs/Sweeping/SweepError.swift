// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// A value of a sweep's file that cannot be used.
public struct SweepValueError: Error, Sendable, Equatable, CustomStringConvertible {
  public let file: String
  public let position: TextPosition
  /// The key whose value it is.
  public let key: String
  public let value: String
  public let accepted: String

  public var description: String {
    "\(file), \(position), \(key): \(value) cannot be used; accepted is \(accepted)"
  }
}

/// Values of a sweep's axes with which there is no run.
public struct SweepPointError: Error, Sendable, Equatable, CustomStringConvertible {
  public let file: String
  /// Each as `configuration.batch 0 (line 3, column 30)`: the one that is wrong by itself, or all that are wrong
  /// together.
  public let settings: [String]
  /// What the run says to them.
  public let detail: String

  public var description: String {
    "\(file), \(settings.joined(separator: " with ")): \(detail)"
  }
}

/// Why a folder cannot be used for a sweep, or a run in it not be taken up.
public enum SweepFolderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder holds something that is no sweep.
  case notASweep(path: String)
  /// Another process trains in it.
  case inUse(path: String)
  /// It holds another sweep.
  case otherSweep(path: String, difference: String)
  /// What it was planned for cannot be read.
  case plan(path: String, detail: String)
  /// A run in it has other settings than the sweep has given it.
  case otherRun(path: String)
  /// A run has passed a step at which it was to be measured.
  case missingRow(path: String, step: Int)
  /// No run has the number by which they are ranked.
  case missingMetric(path: String, metric: String, present: [String])

  public var description: String {
    switch self {
    case .notASweep(let path):
      "\(path) is not empty and holds no sweep (no \(SweepFolder.planName)): choose another folder."
    case .inUse(let path):
      "\(path) is in use by another sweep: choose another folder or wait for its end."
    case .otherSweep(let path, let difference):
      "\(path) holds another sweep: \(difference). Choose another folder, or go on with the file it was begun with."
    case .plan(let path, let detail):
      "\(path): not the plan of a sweep (\(detail))."
    case .otherRun(let path):
      "\(path) holds a run of other settings than the sweep has for it: move it away, and the sweep trains it anew."
    case .missingRow(let path, let step):
      "\(path) has passed step \(step) without the row of metrics at which the sweep measures it: move it away, and "
        + "the sweep trains it anew."
    case .missingMetric(let path, let metric, let present):
      "\(path): no run has the number \(metric), by which they are ranked. They have "
        + present.joined(separator: ", ") + "."
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Runs

/// Runs that a figure keeps beside its picture: what was interrupted is continued, and what is done is not done again.
struct KeptRuns: Sendable {
  let folder: String

  /// Those of a figure for the session's seed, live or thorough.
  init(_ session: WalkthroughSession, figure: Int) {
    let kind = session.isThorough ? "thorough" : "live"
    folder = "\(session.folder)/runs/figure\(figure)-\(kind)-seed\(session.seed)"
  }

  func path(_ name: String) -> String {
    "\(folder)/" + name.replacingOccurrences(of: " ", with: "-")
  }

  /// Makes the folder, for runs that are begun side by side.
  func makeFolder() throws { _ = try FileSystem.createFolders(folder) }

  /// Whether a run of that name is there with its last step made, or ended by a number that is not finite.
  ///
  /// - Throws: `ConfigurationError` for a run of other settings.
  func ending(_ name: String, _ run: ResolvedRun) throws -> RunRecord? {
    guard try exists(name, run), let record = try RunLayout(path(name)).record(),
      record.state == .finished || record.state == .diverged
    else { return nil }
    return record
  }

  /// A run at its beginning, or where it was left.
  ///
  /// - Throws: `ConfigurationError` for a run of other settings; as `RecordedTraining`.
  func training(_ name: String, _ run: ResolvedRun) throws -> RecordedTraining {
    try run.validate()
    return try RecordedTraining(
      run, in: path(name), existing: try exists(name, run) ? .resume : .refuse)
  }

  private func exists(_ name: String, _ run: ResolvedRun) throws -> Bool {
    let layout = RunLayout(path(name))
    guard FileSystem.exists(layout.configurationPath) else { return false }
    if try ResolvedRun(of: layout).identity != run.identity {
      throw ConfigurationError(
        setting: "run", value: path(name),
        accepted:
          "one of these settings: this one is of others; move it away, or choose another --out")
    }
    return true
  }
}

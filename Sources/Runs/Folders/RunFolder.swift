// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
import Foundation
public import Training

/// A run while it goes on, and the folder in which it keeps its resolved configuration, its metrics
/// and its checkpoints (see ``RunLayout``). One process at a time can hold a folder.
///
/// A run is worth keeping once a checkpoint is complete or ``finish(_:reason:)`` was called. Before that,
/// ``discardIfUnfinished()`` undoes everything the run has done to the disk, to the point of giving
/// back a run that it was to overwrite.
///
/// What is written goes into the folder that was opened, also where that was moved meanwhile, and never into another
/// that has taken its name; that it is no longer in its place is an error.
public final class RunFolder {
  /// What to do with a run that the folder holds already.
  public enum ExistingRun: Sendable, Hashable {
    /// Refuse to start, unless that run has come to no step.
    case refuse
    /// Replace its configuration, metrics and checkpoints once the new run is worth keeping.
    case overwrite
    /// Continue it from its latest sound checkpoint, or from the start if it has none.
    case resume
  }

  /// Where the parts of the run lie.
  public let layout: RunLayout

  /// The checkpoint to continue from.
  public private(set) var resumed: (step: Int, file: CheckpointFile)?

  /// What is wrong with later checkpoints, which were put aside.
  public private(set) var damaged: [CheckpointFileError] = []

  private let createdFolders: [String]

  /// The open folder, which holds the lock on it.
  var folder: OpenFolder?
  var metrics: MetricsLog?
  /// What the folder tells of the run, once it does.
  var record: RunRecord?
  let run: String?

  /// Whether the folder was found fit for this run, so that what the layout names is its own.
  private var ownsParts = false

  /// Whether this run has recorded that it goes on.
  var isRecordedRunning = false

  /// Whether the run is worth keeping.
  private var isKept: Bool

  /// Opens the folder for a run, creating it and the folders above it as needed.
  ///
  /// With ``ExistingRun/resume`` the metrics are cut back to the step of the latest sound checkpoint.
  ///
  /// - Parameter run: the name of the run, see ``ResolvedRun/identity``, which its checkpoints carry.
  /// - Throws: ``RunFolderError`` if the folder's contents do not permit the run, `CheckpointFileError` if it holds a
  ///   checkpoint of another run, ``FileError`` if the system does not permit it. Nothing is then left behind, and a
  ///   run that was there is untouched.
  public init(_ path: String, existing: ExistingRun = .refuse, run: String? = nil) throws {
    layout = RunLayout(path)
    isKept = existing == .resume
    self.run = run
    switch existing {
    case .refuse, .overwrite:
      createdFolders = try FileSystem.createFolders(path)
    case .resume:
      createdFolders = []
      guard FileSystem.exists(path) else { throw RunFolderError.nothingToResume(path: path) }
    }
    do {
      folder = try RunFolder.lock(layout)
      try layout.recoverPrevious()
      switch existing {
      case .refuse:
        if try layout.holdsRun() {
          guard try layout.holdsNoStep() else { throw RunFolderError.holdsRun(path: path) }
          try layout.removeParts()
        }
      case .overwrite:
        if try layout.holdsRun() { try layout.setAside() }
      case .resume:
        try takeUp()
      }
      ownsParts = true
      try layout.removePartialFiles()
      _ = try FileSystem.createFolders(layout.checkpointsPath)
      metrics = try folder?.file(RunLayout.Name.metrics, .append).asMetrics()
      try requirePlace()
    } catch {
      discardIfUnfinished()
      throw error
    }
  }

  private static func lock(_ layout: RunLayout) throws -> OpenFolder {
    let folder = try OpenFolder(layout.path)
    guard folder.lock() else { throw RunFolderError.inUse(path: layout.path) }
    return folder
  }

  /// Gives back a run that a killed process was to overwrite, so that the folder can be read.
  ///
  /// - Throws: ``FileError``, ``RunFolderError/inUse(path:)``.
  public static func settle(_ path: String) throws {
    let layout = RunLayout(path)
    let folder = try lock(layout)
    try layout.recoverPrevious()
    _ = consume folder
  }

  private func takeUp() throws {
    record = try layout.record()
    if let record, record.state == .diverged {
      throw RunFolderError.diverged(path: layout.path, reason: record.reason ?? "")
    }
    let latest = try layout.latestCheckpoint(of: record?.run ?? run)
    guard latest.sound != nil || FileSystem.exists(layout.configurationPath) else {
      throw RunFolderError.nothingToResume(path: layout.path)
    }
    (resumed, damaged) = (latest.sound, latest.damaged)
    try layout.setAside(damaged)
    if FileSystem.exists(layout.metricsPath) {
      // A run that continues from step 0 measures there again.
      let step = resumed.map { $0.step == 0 ? -1 : $0.step } ?? -1
      try MetricsLog.truncate(layout.metricsPath, toStep: step)
    }
  }

  /// Records how the run ended, marks it as worth keeping, closes its files and lets go of the folder. A run it
  /// replaces is removed.
  ///
  /// - Throws: ``FileError`` if something cannot be brought to the device, ``RunFolderError`` if the folder is no
  ///   longer in its place.
  public func finish(_ state: RunRecord.State = .finished, reason: String? = nil) throws {
    try inPlace {
      try metrics?.flush()
      try metrics?.close()
      metrics = nil
      try mark(state, reason: reason)
    }
    try keep()
    folder = nil
  }

  /// Undoes the run if it has neither a complete checkpoint nor was finished: removes what it has
  /// created and puts a run it was to overwrite back in its place. Otherwise removes partial files
  /// only, and records that the run was interrupted. Closes the run's files and lets go of the folder; calling it
  /// again does no harm.
  public func discardIfUnfinished() {
    metrics = nil
    let place = folder?.place
    // Without the lock the folder is another process's, or this run has let go of it.
    if place == .inPlace {
      if ownsParts { try? layout.removePartialFiles() }
      if !isKept {
        if ownsParts { try? layout.removeParts() }
        try? layout.recoverPrevious()
      }
    }
    if isKept && isRecordedRunning { try? mark(.interrupted) }
    if !isKept && (place == nil || place == .inPlace) {
      // A folder that holds something by now is not removed.
      for created in createdFolders.reversed() { rmdir(created) }
    }
    folder = nil
    isKept = true
    isRecordedRunning = false
  }

  func keep() throws(FileError) {
    guard !isKept else { return }
    isKept = true
    try layout.dropPrevious()
  }
}

extension OpenFile {
  fileprivate consuming func asMetrics() -> MetricsLog { MetricsLog(self) }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
import Foundation
public import Probing

/// A run while it goes on, and the folder in which it keeps its resolved configuration, its metrics
/// and its checkpoints (see ``RunLayout``). One process at a time can hold a folder.
///
/// A run is worth keeping once a checkpoint is complete or ``finish()`` was called. Before that,
/// ``discardIfUnfinished()`` undoes everything the run has done to the disk, to the point of giving
/// back a run that it was to overwrite.
public final class RunFolder {
  /// What to do with a run that the folder holds already.
  public enum ExistingRun: Sendable, Hashable {
    /// Refuse to start.
    case refuse
    /// Replace its configuration, metrics and checkpoints once the new run is worth keeping.
    case overwrite
    /// Continue it from its latest checkpoint.
    case resume
  }

  /// Where the parts of the run lie.
  public let layout: RunLayout

  private let createdFolders: [String]

  /// The open folder, which holds the lock on it.
  private var folder: OpenFile?
  private var metrics: MetricsLog?

  /// Whether the folder was found fit for this run, so that what the layout names is its own.
  private var ownsParts = false

  /// Whether the run is worth keeping.
  private var isKept: Bool

  /// Opens the folder for a run, creating it and the folders above it as needed.
  ///
  /// With ``ExistingRun/resume`` the metrics are cut back to the step of the latest checkpoint.
  ///
  /// - Throws: ``RunFolderError`` if the folder's contents do not permit the run, ``FileError`` if
  ///   the system does not. Nothing is then left behind, and a run that was there is untouched.
  public init(_ path: String, existing: ExistingRun = .refuse) throws {
    layout = RunLayout(path)
    isKept = existing == .resume
    switch existing {
    case .refuse, .overwrite:
      createdFolders = try FileSystem.createFolders(path)
    case .resume:
      createdFolders = []
      guard FileSystem.exists(path) else { throw RunFolderError.nothingToResume(path: path) }
    }
    do {
      try lock()
      try layout.recoverPrevious()
      switch existing {
      case .refuse:
        if try layout.holdsRun() { throw RunFolderError.holdsRun(path: path) }
      case .overwrite:
        if try layout.holdsRun() { try layout.setAside() }
      case .resume:
        try cutBackMetrics()
      }
      ownsParts = true
      try layout.removePartialFiles()
      _ = try FileSystem.createFolders(layout.checkpointsPath)
      metrics = try MetricsLog(path: layout.metricsPath)
    } catch {
      discardIfUnfinished()
      throw error
    }
  }

  private func lock() throws {
    let folder = try OpenFile(layout.path, .read)
    guard folder.lock() else { throw RunFolderError.inUse(path: layout.path) }
    self.folder = consume folder
  }

  private func cutBackMetrics() throws {
    guard let latest = try layout.checkpoints().last else {
      throw RunFolderError.nothingToResume(path: layout.path)
    }
    if FileSystem.exists(layout.metricsPath) {
      try MetricsLog.truncate(layout.metricsPath, toStep: latest.step)
    }
  }

  /// Marks the run as worth keeping, closes its files and lets go of the folder. A run it replaces
  /// is removed.
  ///
  /// - Throws: ``FileError`` if the metrics cannot be brought to the device.
  public func finish() throws {
    try metrics?.flush()
    try metrics?.close()
    metrics = nil
    try keep()
    folder = nil
  }

  /// Undoes the run if it has neither a complete checkpoint nor was finished: removes what it has
  /// created and puts a run it was to overwrite back in its place. Otherwise removes partial files
  /// only. Closes the run's files and lets go of the folder; calling it again does no harm.
  public func discardIfUnfinished() {
    metrics = nil
    // Without the lock the folder is another process's, or this run has let go of it.
    if folder != nil {
      if ownsParts { try? layout.removePartialFiles() }
      if !isKept {
        if ownsParts { try? layout.removeParts() }
        try? layout.recoverPrevious()
      }
    }
    if !isKept {
      // A folder that holds something by now is not removed.
      for created in createdFolders.reversed() { rmdir(created) }
    }
    folder = nil
    isKept = true
  }

  private func keep() throws(FileError) {
    guard !isKept else { return }
    isKept = true
    try layout.dropPrevious()
  }
}

extension RunFolder {
  /// Writes the resolved configuration: sorted keys, one a line, so that two runs can be compared.
  ///
  /// - Throws: ``FileError``, or ``RunFolderError/configuration(path:detail:)`` if the value cannot
  ///   be
  ///   expressed in JSON, as a number that is not finite.
  public func writeConfiguration(_ configuration: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(configuration)
    } catch {
      throw RunFolderError.configuration(
        path: layout.configurationPath, detail: codingDetail(of: error))
    }
    try AtomicFile.write(data + Data("\n".utf8), to: layout.configurationPath)
  }

  /// Writes what the run takes over from elsewhere; nothing if that is nil.
  ///
  /// - Throws: ``FileError``.
  func writeInputs(_ inputs: SafeTensors?) throws {
    try inputs?.write(to: layout.inputsPath)
  }

  /// Appends a row to the metrics.
  ///
  /// - Throws: ``FileError``; the row is then not there.
  public func append(_ row: MetricsRow) throws(FileError) {
    precondition(metrics != nil, "Metrics were appended to a run that is closed.")
    try metrics?.append(row)
  }

  /// Writes the checkpoint of a step; from then on the run is worth keeping. The metrics are
  /// brought to the device first, so that no checkpoint is ahead of them.
  ///
  /// - Throws: ``FileError``; earlier checkpoints are then untouched and nothing partial is left.
  @discardableResult
  public func saveCheckpoint(
    _ contents: SafeTensors, step: Int
  ) throws -> RunLayout.Checkpoint {
    try metrics?.flush()
    let path = layout.checkpointPath(step: step)
    try contents.write(to: path)
    try keep()
    return RunLayout.Checkpoint(step: step, path: path)
  }
}

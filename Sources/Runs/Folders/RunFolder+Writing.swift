// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Foundation
public import Probing
internal import Training

extension RunFolder {
  /// Writes a run's configuration, and before it what the run takes over from elsewhere.
  ///
  /// - Throws: as ``writeConfiguration(_:)``.
  func write(_ run: ResolvedRun) throws {
    if let inputs = run.inputs {
      let data = CheckpointFile.encoded(inputs, of: try run.identity)
      try inPlace { try folder?.write(data, to: RunLayout.Name.inputs) }
    }
    try writeConfiguration(run)
  }

  /// Writes the resolved configuration: sorted keys, one a line, so that two runs can be compared; and records that
  /// the run goes on.
  ///
  /// - Throws: ``FileError``, or ``RunFolderError/configuration(path:detail:)`` if the value cannot
  ///   be
  ///   expressed in JSON, as a number that is not finite.
  public func writeConfiguration(_ configuration: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(configuration) + Data("\n".utf8)
    } catch {
      throw RunFolderError.configuration(
        path: layout.configurationPath, detail: codingDetail(of: error))
    }
    // At every moment the record has the fingerprint of the configuration that is there.
    let new = Fingerprint(data).text
    let earlier = try configurations().filter { $0 != new }
    try inPlace {
      try mark(.running, configurations: earlier + [new])
      try folder?.write(data, to: RunLayout.Name.configuration)
      if !earlier.isEmpty { try mark(.running, configurations: [new]) }
    }
  }

  /// Records how the run fares.
  ///
  /// - Throws: ``FileError``.
  public func mark(_ state: RunRecord.State, reason: String? = nil) throws {
    try mark(state, reason: reason, configurations: try configurations())
  }

  private func mark(
    _ state: RunRecord.State, reason: String? = nil, configurations: [String]
  ) throws {
    let record = RunRecord(
      state, reason: reason, run: record?.run ?? run, configurations: configurations)
    try folder?.write(Data(try JSON.page(record).utf8), to: RunLayout.Name.record)
    self.record = record
    isRecordedRunning = state == .running
  }

  /// The fingerprints of the configuration that is there; taken from the file for a run from before they were
  /// recorded.
  private func configurations() throws -> [String] {
    if let record { return record.configurations }
    guard FileSystem.exists(layout.configurationPath) else { return [] }
    let data = try FileSystem.contents(of: layout.configurationPath)
    return [Fingerprint(data).text]
  }

  /// Appends a row to the metrics.
  ///
  /// - Throws: ``FileError``, the row is then not there; ``RunFolderError`` if the folder is no longer in its place.
  public func append(_ row: MetricsRow) throws {
    precondition(metrics != nil, "Metrics were appended to a run that is closed.")
    try inPlace { try metrics?.append(row) }
  }

  /// Writes a picture of samples.
  ///
  /// - Throws: ``FileError``; ``RunFolderError`` if the folder is no longer in its place.
  func saveSamples(_ image: PNGImage, step: Int) throws {
    try inPlace { try folder?.write(image.encoded(), to: RunLayout.samplesName(step: step)) }
  }

  /// Writes the checkpoint of a step; from then on the run is worth keeping. The metrics are
  /// brought to the device first, so that no checkpoint is ahead of them.
  ///
  /// - Throws: ``FileError``, earlier checkpoints are then untouched and nothing partial is left;
  ///   ``RunFolderError`` if the folder is no longer in its place, and holds the checkpoint where it is now.
  @discardableResult
  public func saveCheckpoint(
    _ contents: SafeTensors, step: Int
  ) throws -> RunLayout.Checkpoint {
    try inPlace {
      try metrics?.flush()
      let data = CheckpointFile.encoded(contents, of: record?.run ?? run)
      let name = RunLayout.checkpointName(step: step)
      try folder?.folder(RunLayout.Name.checkpoints).write(data, to: name)
    }
    try keep()
    return RunLayout.Checkpoint(step: step, path: layout.checkpointPath(step: step))
  }

  /// Does what concerns the folder. Whether that is still in its place says more than another error.
  func inPlace(_ body: () throws -> Void) throws {
    let result = Result { try body() }
    try requirePlace()
    try result.get()
  }

  /// - Throws: ``RunFolderError/moved(path:)``, ``RunFolderError/removed(path:)``,
  ///   ``RunFolderError/partRemoved(path:)``.
  func requirePlace() throws(RunFolderError) {
    switch folder?.place {
    case .inPlace, nil: break
    case .moved: throw .moved(path: layout.path)
    case .removed: throw .removed(path: layout.path)
    }
    // Someone is removing the folder, which does not go while new files come.
    if metrics?.isRemoved == true { try partRemoved(layout.metricsPath) }
    if isRecordedRunning && folder?.holds(RunLayout.Name.configuration) == false {
      try partRemoved(layout.configurationPath)
    }
  }

  private func partRemoved(_ path: String) throws(RunFolderError) {
    isRecordedRunning = false
    throw .partRemoved(path: path)
  }
}

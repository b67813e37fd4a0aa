// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
import Foundation
public import Probing

/// Where the parts of a run lie in its folder, and how to read them without running anything.
public struct RunLayout: Sendable, Hashable {
  /// The run's folder.
  public let path: String

  /// The layout of the run in a folder.
  public init(_ path: String) { self.path = path }

  /// The resolved configuration.
  public var configurationPath: String { "\(path)/\(Name.configuration)" }

  /// What the run takes over from elsewhere, if anything.
  var inputsPath: String { "\(path)/\(Name.inputs)" }

  /// The metrics, one row a line.
  public var metricsPath: String { "\(path)/\(Name.metrics)" }

  /// How the run fares, and the fingerprints of its files.
  public var recordPath: String { "\(path)/\(Name.record)" }

  /// The folder of the checkpoints.
  public var checkpointsPath: String { "\(path)/\(Name.checkpoints)" }

  /// A complete checkpoint.
  public struct Checkpoint: Sendable, Hashable {
    /// The number of training steps made before it.
    public let step: Int
    /// Its file.
    public let path: String
  }

  /// The picture of samples of a step.
  public func samplesPath(step: Int) -> String {
    "\(path)/\(RunLayout.samplesName(step: step))"
  }

  static func samplesName(step: Int) -> String {
    "\(Name.samplesPrefix)\(digits(ofStep: step))\(Name.samplesSuffix)"
  }

  /// The kept pictures of samples by ascending step.
  ///
  /// - Throws: ``FileError`` if the folder cannot be read.
  public func samplePictures() throws(FileError) -> [(step: Int, path: String)] {
    try FileSystem.names(in: path).compactMap { name in
      Name.step(ofSamples: name).map { (step: $0, path: "\(path)/\(name)") }
    }.sorted { $0.step < $1.step }
  }

  /// The file of the checkpoint of a step.
  public func checkpointPath(step: Int) -> String {
    "\(checkpointsPath)/\(RunLayout.checkpointName(step: step))"
  }

  static func checkpointName(step: Int) -> String {
    precondition(step >= 0, "A checkpoint of step \(step).")
    return "\(Name.checkpointPrefix)\(digits(ofStep: step))\(Name.checkpointSuffix)"
  }

  private static func digits(ofStep step: Int) -> String {
    let digits = String(step)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// The complete checkpoints by ascending step; empty for a run without any.
  ///
  /// - Throws: ``FileError`` if the folder cannot be read.
  public func checkpoints() throws(FileError) -> [Checkpoint] {
    guard FileSystem.exists(checkpointsPath) else { return [] }
    var checkpoints: [Checkpoint] = []
    for name in try FileSystem.names(in: checkpointsPath) {
      if let step = RunLayout.step(ofCheckpoint: name) {
        checkpoints.append(Checkpoint(step: step, path: "\(checkpointsPath)/\(name)"))
      }
    }
    return checkpoints.sorted { $0.step < $1.step }
  }

  private static func step(ofCheckpoint name: String) -> Int? {
    guard name.hasPrefix(Name.checkpointPrefix), name.hasSuffix(Name.checkpointSuffix) else {
      return nil
    }
    let digits = name.dropFirst(Name.checkpointPrefix.count).dropLast(Name.checkpointSuffix.count)
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return Int(digits)
  }

  /// The configuration.
  ///
  /// - Throws: ``FileError``, ``RunFolderError/configuration(path:detail:)`` if it is not one of this type,
  ///   ``RunFolderError/changed(path:record:)`` if it is not as the run has written it.
  public func configuration<Configuration: Decodable>(
    as type: Configuration.Type = Configuration.self,
    userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> Configuration {
    let data = try FileSystem.contents(of: configurationPath)
    if let record = try record(), !record.configurations.contains(Fingerprint(data).text) {
      throw RunFolderError.changed(path: configurationPath, record: recordPath)
    }
    do {
      return try JSON.decode(type, from: data, path: configurationPath, userInfo: userInfo)
    } catch {
      throw RunFolderError.configuration(
        path: configurationPath, detail: codingDetail(of: error))
    }
  }

  /// How the run fares; nil for a run from before this was recorded.
  ///
  /// - Throws: ``FileError``, ``RunFolderError/record(path:detail:)``.
  public func record() throws -> RunRecord? {
    guard FileSystem.exists(recordPath) else { return nil }
    let data = try FileSystem.contents(of: recordPath)
    do {
      return try JSON.decode(from: data, path: recordPath)
    } catch {
      throw RunFolderError.record(path: recordPath, detail: codingDetail(of: error))
    }
  }

  /// The rows of the metrics, see ``MetricsLog/rows(at:)``.
  public func metrics() throws -> [MetricsRow] { try MetricsLog.rows(at: metricsPath) }

  enum Name {
    static let configuration = "run.json"
    static let metrics = "metrics.jsonl"
    static let inputs = "inputs.safetensors"
    static let record = "state.json"
    static let checkpoints = "checkpoints"
    static let checkpointPrefix = "step-"
    static let checkpointSuffix = ".safetensors"
    static let previous = ".toylab-previous"
    static let moving = ".toylab-moving"
    static let samplesPrefix = "samples-"
    static let samplesSuffix = ".png"
    private static let parts: Set = [configuration, inputs, metrics, record, checkpoints]

    /// Whether what has a name in the folder is the run's.
    static func isPart(_ name: String) -> Bool {
      parts.contains(name) || step(ofSamples: name) != nil
    }

    /// The step of a picture of samples; nil for another file.
    static func step(ofSamples name: String) -> Int? {
      guard name.hasPrefix(samplesPrefix), name.hasSuffix(samplesSuffix) else { return nil }
      return Int(name.dropFirst(samplesPrefix.count).dropLast(samplesSuffix.count))
    }
  }
}

extension RunLayout {
  /// Whether the folder holds a run, as opposed to nothing.
  ///
  /// - Throws: ``RunFolderError/notARun(path:)`` if it holds something else.
  func holdsRun() throws -> Bool {
    let names = try FileSystem.names(in: path).filter {
      $0 != Name.previous && $0 != Name.moving && !$0.hasSuffix(AtomicFile.partialSuffix)
    }
    guard names.contains(Name.configuration) || names.allSatisfy(Name.isPart) else {
      throw RunFolderError.notARun(path: path)
    }
    return !names.isEmpty
  }

  /// Whether the run in the folder has come to no step that it holds, as one whose process was killed early. A
  /// configuration that lies there alone is taken for someone's own.
  ///
  /// - Throws: ``FileError``.
  func holdsNoStep() throws -> Bool {
    if FileSystem.exists(checkpointsPath) {
      let names = try FileSystem.names(in: checkpointsPath)
      guard names.allSatisfy({ $0.hasSuffix(AtomicFile.partialSuffix) }) else { return false }
    }
    guard FileSystem.exists(metricsPath) else { return !FileSystem.exists(configurationPath) }
    return try !MetricsLog.holdsStep(metricsPath)
  }

  /// Where a run that is being overwritten waits, complete, until the new one is worth keeping.
  private var previous: String { "\(path)/\(Name.previous)" }

  /// Where its parts lie while they are moved away or back: all others are still, or again, in
  /// place.
  private var moving: String { "\(path)/\(Name.moving)" }

  /// What of a folder is the run's.
  private func parts(in folder: String) throws(FileError) -> [String] {
    guard FileSystem.exists(folder) else { return [] }
    return try FileSystem.names(in: folder).filter(Name.isPart)
  }

  /// Moves the parts of the run out of the way.
  func setAside() throws(FileError) {
    _ = try FileSystem.createFolders(moving)
    for part in try parts(in: path) {
      try FileSystem.move("\(path)/\(part)", to: "\(moving)/\(part)")
    }
    try FileSystem.move(moving, to: previous)
  }

  /// Settles what was set aside, also by a process that was killed at any point of it: an
  /// overwritten run comes back unless the new one has a checkpoint, and then goes.
  func recoverPrevious() throws(FileError) {
    if FileSystem.exists(previous) {
      guard try checkpoints().isEmpty else { return try dropPrevious() }
      try removeParts()
      try FileSystem.move(previous, to: moving)
    }
    guard FileSystem.exists(moving) else { return }
    for part in try parts(in: moving) {
      try FileSystem.move("\(moving)/\(part)", to: "\(path)/\(part)")
    }
    try FileSystem.removeTree(moving)
  }

  /// Removes what was set aside.
  func dropPrevious() throws(FileError) { try FileSystem.removeTree(previous) }

  /// Removes the parts of the run, and nothing else that is in the folder.
  func removeParts() throws(FileError) {
    for part in try parts(in: path) { try FileSystem.removeTree("\(path)/\(part)") }
  }

  /// Removes temporary files that a killed process has left.
  func removePartialFiles() throws(FileError) {
    for folder in [path, checkpointsPath] where FileSystem.exists(folder) {
      for name in try FileSystem.names(in: folder)
      where name.hasPrefix(".") && name.hasSuffix(AtomicFile.partialSuffix) {
        try FileSystem.removeTree("\(folder)/\(name)")
      }
    }
  }
}

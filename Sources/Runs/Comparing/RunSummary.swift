// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import Foundation
public import Measures
public import Probing
internal import Training

/// What is known of a run without running anything: its settings, how it fares and its last metrics.
public struct RunSummary: Sendable {
  /// Its folder.
  public let path: String
  public let run: ResolvedRun
  /// nil for a run from before it was recorded.
  public let record: RunRecord?
  /// nil if none is there yet.
  public internal(set) var lastRow: MetricsRow?

  /// Reads the run of a folder.
  ///
  /// - Throws: `FileError`, ``RunFolderError``.
  public init(of path: String) throws {
    let layout = RunLayout(path)
    self.path = path
    run = try ResolvedRun(of: layout)
    record = try layout.record()
    lastRow = FileSystem.exists(layout.metricsPath) ? try layout.metrics().last : nil
  }

  /// `120 of 1000`
  public var progress: String { "\(lastRow?.step ?? 0) of \(run.configuration.steps)" }

  /// How the run fares, in words. A run that was killed cannot say so.
  public var state: String {
    switch record?.state {
    case .running: "running or killed"
    case .finished: "finished"
    case .diverged: "diverged"
    case .interrupted: "interrupted"
    case nil: "unknown"
    }
  }

  /// Whether a process is training it now. One that was killed has left its folder, whatever that tells.
  public var isTraining: Bool {
    guard record?.state == .running, let folder = try? OpenFolder(path) else { return false }
    return !folder.lock()
  }

  /// A number of the last metrics with its standard error, NaN where none stands beside it; nil if there is none.
  public func estimate(_ key: String) -> Estimate? {
    guard let row = lastRow, let value = row[key] else { return nil }
    return Estimate(
      value: value, standardError: row["\(key).standardError"] ?? .nan, count: 1)
  }

  /// The numbers by which runs are shown where nothing else is asked for.
  public static let keyNumbers = [
    Metric.flowMapError.rawValue, Metric.slicedWasserstein.rawValue,
    Metric.eulerianLossAtZero.rawValue,
  ]

  /// The names of the numbers of the last metrics, without those that are standard errors, in their order.
  public var keys: [String] {
    lastRow?.values.map(\.name).filter { !$0.hasSuffix(".standardError") } ?? []
  }
}

extension RunSummary {
  /// How deep below a folder runs are looked for.
  private static let depth = 4

  /// The folders of runs in a folder and below it, by their names; those within a run are its own.
  ///
  /// - Throws: `FileError` for a folder that cannot be read.
  public static func folders(in folder: String) throws(FileError) -> [String] {
    try folders(in: folder, depth: depth)
  }

  private static func folders(in folder: String, depth: Int) throws(FileError) -> [String] {
    if FileSystem.exists(RunLayout(folder).configurationPath) { return [folder] }
    guard depth > 0 else { return [] }
    var found: [String] = []
    for name in try FileSystem.names(in: folder).sorted() where !name.hasPrefix(".") {
      let path = folder == "." ? name : "\(folder)/\(name)"
      if FileSystem.isFolder(path) { found += try folders(in: path, depth: depth - 1) }
    }
    return found
  }
}

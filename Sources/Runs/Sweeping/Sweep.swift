// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// What a sweep is asked to train: the contents of its file.
public struct Sweep: Sendable, Hashable {
  /// How many settings and how many seeds a sweep may have.
  public static let largestCount = 10_000

  /// The run whose settings hold where no axis says otherwise.
  public enum Base: Sendable, Hashable {
    /// Another file.
    case file(String, position: TextPosition)
    case settings(JSONValue)
  }

  /// Its file.
  public let path: String
  public let base: Base
  public let axes: [SweepAxis]
  public let expansion: SweepExpansion
  /// nil for the one of the base.
  public let seeds: [UInt64]?
  /// The numbers to show; nil for those that runs are shown by.
  public let metrics: [String]?
  /// By which number settings are ordered, where it is said.
  public let metric: String?
  public let better: SweepRanking.Better
  public let halving: SweepHalving?
  /// Runs side by side, where it is said.
  public let parallelRuns: Int?
  /// Threads of a run, where it is said.
  public let runThreads: Int?

  /// Reads a file.
  ///
  /// - Throws: `FileError`, `JSONDocumentError`, `JSONShapeError`, ``SweepValueError``. Whether there are such runs is
  ///   found out by ``SweepPlan``.
  public init(contentsOf path: String) throws {
    try self.init(try JSONDocument(contentsOf: path))
  }

  /// Takes what a text says.
  ///
  /// - Throws: as ``init(contentsOf:)``.
  public init(_ document: JSONDocument) throws {
    try Self.shape.check(document)
    let reader = SweepReader(document)
    let root = document.root
    path = document.path
    switch root["base"]?.content {
    case .string(let file): base = .file(file, position: root["base"]?.position ?? root.position)
    case nil: base = .settings(JSONValue(.object([]), at: root.position))
    default: base = .settings(root["base"] ?? root)
    }
    if let random = root["random"] {
      let draws = try reader.whole(
        try reader.required("draws", of: random, "random.draws"), "random.draws",
        1...Self.largestCount)
      expansion = .draws(
        draws, seed: try random["seed"].map { try reader.seed($0, "random.seed") } ?? 0)
    } else {
      expansion = .grid
    }
    axes = try reader.axes(isDrawn: root["random"] != nil)
    seeds = try root["seeds"].map { try reader.seeds($0) }
    metrics = try root["metrics"].map { try reader.metrics($0) }
    halving = try root["halving"].map { try reader.halving($0) }
    metric = root["halving"]?["metric"]?.brief ?? metrics?.first
    better =
      (root["halving"]?["better"] ?? root["better"]).flatMap {
        SweepRanking.Better(rawValue: $0.brief)
      } ?? .lower
    let parallel = root["parallel"]
    parallelRuns = try parallel?["runs"].map {
      try reader.whole($0, "parallel.runs", 1...1024)
    }
    runThreads = try parallel?["threads"].map {
      try reader.whole($0, "parallel.threads", 1...1024)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import Training

/// The folder of a sweep: a folder for each of its settings with the runs in it, and the plan they were made after.
/// One process at a time can hold it.
public final class SweepFolder {
  static let planName = "plan.json"

  let path: String
  private let folder: OpenFolder

  /// Takes a folder for a sweep, and creates it if there is none.
  ///
  /// - Throws: ``SweepFolderError`` for what holds something else, `FileError`.
  init(_ path: String, for plan: SweepPlan) throws {
    self.path = path
    let created = try FileSystem.createFolders(path)
    do {
      folder = try Self.locked(path)
      let record = try SweepRecord(plan)
      if FileSystem.exists("\(path)/\(Self.planName)") {
        try Self.check(record, path)
      } else {
        let names = try FileSystem.names(in: path).filter { !$0.hasPrefix(".") }
        guard names.isEmpty else { throw SweepFolderError.notASweep(path: path) }
        try folder.write(Data(try JSON.page(record).utf8), to: Self.planName)
      }
    } catch {
      for folder in created.reversed() { rmdir(folder) }
      throw error
    }
  }

  private static func locked(_ path: String) throws -> OpenFolder {
    let folder = try OpenFolder(path)
    guard folder.lock() else { throw SweepFolderError.inUse(path: path) }
    return folder
  }

  /// Refuses a folder of another sweep.
  ///
  /// - Throws: ``SweepFolderError``; what encoding the plan throws.
  public static func check(_ plan: SweepPlan, in path: String) throws {
    guard FileSystem.exists(path) else { return }
    if FileSystem.exists("\(path)/\(planName)") {
      try check(try SweepRecord(plan), path)
    } else if try !FileSystem.names(in: path).allSatisfy({ $0.hasPrefix(".") }) {
      throw SweepFolderError.notASweep(path: path)
    }
  }

  private static func check(_ record: SweepRecord, _ path: String) throws {
    let file = "\(path)/\(planName)"
    let found: SweepRecord
    do {
      found = try JSON.decode(from: try FileSystem.contents(of: file), path: file)
    } catch let error as FileError {
      throw error
    } catch {
      throw SweepFolderError.plan(path: file, detail: codingDetail(of: error))
    }
    if let difference = found.difference(to: record) {
      throw SweepFolderError.otherSweep(path: path, difference: difference)
    }
  }

  /// Writes a result, whole or not at all.
  func write(_ text: String, to name: String) throws { try folder.write(Data(text.utf8), to: name) }
}

/// What decides the bytes of a sweep's runs: the contents of `plan.json`.
struct SweepRecord: Codable, Equatable {
  struct Run: Codable, Equatable {
    let name: String
    /// See ``ResolvedRun/identity``.
    let run: String
    let steps: Int
    let checkpointInterval: Int
  }

  struct Halving: Codable, Equatable {
    let rungs: [Int]
    let keep: Double
    let metric: String
    let better: SweepRanking.Better
  }

  /// What each axis varies, for the reader.
  let axes: [String: [String]]
  let runs: [Run]
  let halving: Halving?

  init(_ plan: SweepPlan) throws {
    axes = Dictionary(
      uniqueKeysWithValues: plan.sweep.axes.indices.map { axis in
        var seen: Set<String> = []
        let values = plan.trials.map { $0.values[axis].brief }.filter { seen.insert($0).inserted }
        return (plan.sweep.axes[axis].key, values)
      })
    runs = try plan.runs.map { run in
      Run(
        name: run.name, run: try run.resolved.identity, steps: run.resolved.configuration.steps,
        checkpointInterval: run.resolved.checkpointInterval)
    }
    halving = plan.sweep.halving.map {
      Halving(
        rungs: $0.rungs, keep: $0.keep, metric: plan.ranking.metric, better: plan.ranking.better)
    }
  }

  /// How another plan differs, in words; nil where it trains the same.
  func difference(to other: SweepRecord) -> String? {
    let (keys, others) = (axes.keys.sorted(), other.axes.keys.sorted())
    func list(_ keys: [String]) -> String {
      keys.isEmpty ? "nothing" : keys.joined(separator: ", ")
    }
    if keys != others { return "it varies \(list(keys)), this one \(list(others))" }
    if let key = keys.first(where: { axes[$0] != other.axes[$0] }) {
      return "its \(key) takes \(list(axes[key] ?? [])), in this one \(list(other.axes[key] ?? []))"
    }
    if halving != other.halving { return "it gives up settings in another way than this one" }
    if runs.map(\.name) != other.runs.map(\.name) { return "its seeds are not those of this one" }
    guard let (own, _) = zip(runs, other.runs).first(where: { $0 != $1 }) else { return nil }
    return "its run \(own.name) has other settings than in this one"
  }
}

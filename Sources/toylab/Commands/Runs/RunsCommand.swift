// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Files
import FlowMaps
import Foundation
import Measures
import Probing
import Runs
import Training

/// `toylab runs`
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs below a folder: what they train, how they fare, their key numbers.",
    discussion: """
      Runs that differ in their seed alone stand in one line, their numbers as the mean with its standard error over \
      seeds; the numbers of a single run have the standard error of their measurement, which says nothing of other seeds. \
      Which numbers are shown is chosen by --metric, a name of metrics.jsonl, as slicedWasserstein or \
      average.0.99/flowMapError.

        toylab runs
        toylab runs sweeps --metric flowMapError --metric slicedWasserstein
        toylab runs --json
      """)

  @Argument(help: ArgumentHelp("Where runs are looked for.", valueName: "folder"))
  var folder = "runs"

  @Option(
    name: .customLong("metric"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A number to show, by its name in metrics.jsonl; may be repeated (default: those of \(RunSummary.keyNumbers.joined(separator: ", ")) that a run has).",
      valueName: "name"))
  var metrics: [String] = []

  @Flag(help: "Print every run with all of its last numbers as JSON.")
  var json = false

  func run() throws {
    guard FileSystem.isFolder(folder) else {
      throw Setting.error("folder", folder, accepted: "a folder with runs in it or below it")
    }
    let (runs, unreadable) = try readRuns(RunSummary.folders(in: folder))
    for problem in unreadable { StandardError.write("\(problem)\n") }
    if json { return try StandardOutput.write(try JSON.page(runs.map(Entry.init)) + "\n") }
    guard !runs.isEmpty else {
      return try StandardOutput.write("No runs in \(folder) or below it.\n")
    }
    let groups = try RunGroup.groups(of: runs)
    let shown = metrics.isEmpty ? RunSummary.keyNumbers : metrics
    let keys =
      metrics.isEmpty ? shown.filter { key in groups.contains { $0.estimate(key) != nil } } : shown
    let rows = groups.map { group -> [String] in
      let first = group.runs[0]
      let states = Set(group.runs.map(\.state)).sorted().joined(separator: ", ")
      return [
        group.name, first.run.source.name, first.run.configuration.loss.objective.shortName,
        first.progress, states,
      ] + keys.map { group.estimate($0).map { "\($0)" } ?? "" }
    }
    try StandardOutput.write(
      textTable(["run", "source", "objective", "step", "state"] + keys, rows) + "\n")
  }

  private struct Entry: Encodable {
    let path: String
    let source: String
    let objective: String
    let seed: UInt64
    let step: Int?
    let steps: Int
    let state: String
    let reason: String?
    let metrics: [String: Double]

    init(_ summary: RunSummary) {
      let configuration = summary.run.configuration
      path = summary.path
      source = summary.run.source.name
      objective = configuration.loss.objective.shortName
      seed = configuration.seed
      step = summary.lastRow?.step
      steps = configuration.steps
      state = summary.state
      reason = summary.record?.reason
      metrics = Dictionary(
        summary.lastRow?.values.map { ($0.name, $0.value) } ?? [], uniquingKeysWith: { $1 })
    }
  }

  /// The runs of some folders, and of those that cannot be read why.
  private func readRuns(_ folders: [String]) -> (runs: [RunSummary], unreadable: [String]) {
    var (runs, unreadable): ([RunSummary], [String]) = ([], [])
    for folder in folders {
      do {
        runs.append(try RunSummary(of: folder))
      } catch {
        unreadable.append("\(error)")
      }
    }
    return (runs, unreadable)
  }
}

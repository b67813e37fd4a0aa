// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Files
import Foundation
import Measures
import Runs

/// `toylab compare`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Hold runs against each other: settings that differ, last metrics, significance over seeds.",
    discussion: """
      Each argument is a run, or a folder whose runs differ in their seed alone: a group. A group of several seeds shows \
      means with standard errors over seeds; p is the chance of as large a difference to the first group if both had one \
      mean (Welch's test), p (Holm) the same where all numbers that are compared are allowed for: below 0.05 a difference \
      is marked with *. A group of one seed has the standard error of its measurement and no p.

        toylab compare runs/isd runs/esd
        toylab compare sweeps/linear sweeps/trigonometric --metric flowMapError
      """)

  @Argument(
    help: ArgumentHelp(
      "Runs, or folders of runs that differ in their seed alone.", valueName: "run|folder"))
  var groups: [String]

  @Option(
    name: .customLong("metric"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A number to compare, by its name in metrics.jsonl; may be repeated (default: all).",
      valueName: "name"))
  var metrics: [String] = []

  func validate() throws {
    guard groups.count >= 2 else {
      throw ValidationError("compare takes two runs or more, or folders of runs.")
    }
  }

  func run() throws {
    let comparison = try RunComparison(
      groups.map(group), keys: metrics.isEmpty ? nil : metrics)
    if let unknown = metrics.first(where: { key in
      comparison.groups.allSatisfy { $0.estimate(key) == nil }
    }) {
      let known = comparison.groups[0].runs[0].keys
      throw Setting.error(
        "--metric", unknown,
        accepted: "a name of the last metrics: \(known.joined(separator: ", "))")
    }
    try StandardOutput.write(text(comparison))
  }

  private func group(_ path: String) throws -> RunGroup {
    let folders = FileSystem.isFolder(path) ? try RunSummary.folders(in: path) : []
    guard !folders.isEmpty else {
      throw Setting.error("run", path, accepted: "the folder of a run, or one with runs below it")
    }
    let found = try RunGroup.groups(of: try folders.map { try RunSummary(of: $0) })
    guard found.count == 1 else {
      throw Setting.error(
        "run", path,
        accepted: "runs that differ in their seed alone; these are of \(found.count) kinds: "
          + found.map(\.name).joined(separator: ", "))
    }
    return found[0]
  }

  private func text(_ comparison: RunComparison) -> String {
    let names = groups.enumerated().map { "\($0.offset + 1)" }
    var parts = comparison.groups.enumerated().map { place, group in
      let seeds = group.seeds.map { "\($0)" }.joined(separator: ", ")
      let first = group.runs[0]
      return "\(names[place])  \(groups[place]): step \(first.progress), \(first.state), "
        + (group.seeds.count == 1 ? "seed \(seeds)" : "seeds \(seeds)")
    }
    parts.append("")
    if comparison.settings.isEmpty {
      parts.append("Their settings are the same.")
    } else {
      parts.append(
        textTable(
          ["setting"] + names,
          comparison.settings.map { [$0.key] + $0.values.map { $0 ?? "" } }))
    }
    parts.append("")
    let tested = comparison.numbers.contains { $0.chances.contains { $0 != nil } }
    let later = names.dropFirst()
    let header =
      ["number"] + names
      + (tested ? later.flatMap { ["p (\($0))", "p (Holm)"] } : [])
    let rows = comparison.numbers.map { number -> [String] in
      [number.key] + number.estimates.map { $0.map { "\($0)" } ?? "" }
        + (tested
          ? zip(number.chances, number.adjusted).flatMap { chance, adjusted in
            [
              chance.map { String(format: "%.2g", $0) } ?? "",
              adjusted.map { String(format: "%.2g", $0) + ($0 < 0.05 ? " *" : "") } ?? "",
            ]
          } : [])
    }
    parts.append(textTable(header, rows))
    if !tested {
      parts.append("")
      parts.append(
        "Significance takes two seeds or more on each side; errors are those of a measurement, which say nothing of "
          + "other seeds.")
    }
    return parts.joined(separator: "\n") + "\n"
  }
}

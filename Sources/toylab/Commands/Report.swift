// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import Pages
import Runs

/// `toylab report`
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a page of runs: curves, samples, trajectories, and what ails them.",
    discussion: """
      The page is one HTML file that stands alone and asks nothing of a network: settings, curves of metrics and loss with \
      their noise floors, samples against data, points on their way from noise to data under a slider, results of probes \
      that lie in the run's folder (probe … --json > RUN/NAME.json, probe landscape --out RUN/NAME), how to make the run \
      again, and a diagnosis by name with its numbers and what to change. Runs that differ in their seed are looked at \
      together.

        toylab report runs/first --out first.html
        toylab report runs/isd runs/esd --out both.html
        toylab report runs/first --out first.html --follow
      """)

  @Argument(
    help: ArgumentHelp("Folders of runs, or folders with runs below them.", valueName: "run"))
  var runs: [String]

  @Option(help: ArgumentHelp("The file to write, .html.", valueName: "file"))
  var out: String

  @Flag(
    help: """
      Write the page anew while a run is trained, until it ends; a browser that shows it follows.
      """)
  var follow = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds between two pages of --follow, 1 to \(intervals.upperBound).", valueName: "seconds"))
  var every = 10

  @OptionGroup var threads: ThreadOptions

  private static let intervals = 1...3600

  /// Curves of more runs cannot be told apart.
  private static let mostRuns = 24

  func validate() throws {
    guard [".html", ".htm"].contains(where: { out.lowercased().hasSuffix($0) }) else {
      throw ValidationError(
        "--out \(out) cannot be used; accepted is a name that ends in .html.")
    }
    guard Self.intervals.contains(every) else {
      throw ValidationError(
        "--every \(every) cannot be used; accepted is a whole number from 1 to "
          + "\(Self.intervals.upperBound).")
    }
  }

  func run() throws {
    try checkPlace(of: out, option: "--out")
    let folders = try folders()
    if follow { try writeWhileTraining(folders) }
    let report = try report(folders)
    try report.page().write(to: out)
    try StandardOutput.write(summary(report.diagnosis))
  }

  /// Writes the page again and again until no run is trained any more or a signal asks to stop.
  private func writeWhileTraining(_ folders: [String]) throws {
    let stop = StopRequest(notice: "\nWriting the last page.\n")
    while stop.signal == nil, try folders.contains(where: { try RunSummary(of: $0).isTraining }) {
      try report(folders, reloadInterval: every).page().write(to: out)
      let end = ContinuousClock.now + .seconds(every)
      while stop.signal == nil && .now < end { Thread.sleep(forTimeInterval: 0.2) }
    }
  }

  private func folders() throws -> [String] {
    let folders = try runs.flatMap { path in
      let found = FileSystem.isFolder(path) ? try RunSummary.folders(in: path) : []
      guard !found.isEmpty else {
        throw Setting.error("run", path, accepted: "the folder of a run, or one with runs below it")
      }
      return found
    }
    guard folders.count <= Self.mostRuns else {
      throw Setting.error("run", "\(folders.count) runs", accepted: "at most \(Self.mostRuns)")
    }
    return folders
  }

  private func report(_ folders: [String], reloadInterval: Int? = nil) throws -> RunReport {
    RunReport(
      try folders.map { try RunPortrait(of: $0, threads: threads.count) }, command: commandLine(),
      reloadInterval: reloadInterval)
  }

  private func summary(_ diagnosis: RunDiagnosis) -> String {
    let lines = diagnosis.findings.map { finding in
      "\(finding.kind.isTrouble ? "found" : "worth knowing"): \(finding.kind.title) (\(finding.runs.joined(separator: ", ")))\n"
        + finding.evidence.map { "    \($0.text)\n" }.joined() + "    \(finding.advice)\n"
    }
    return (diagnosis.isHealthy ? "Diagnosis: nothing found.\n" : "") + lines.joined()
      + "Page: \(out)\n"
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Engines
import Files
import Foundation
import GroundTruth
import Theory

/// `toylab verify`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check every claim of the theory, or values computed by other programs.",
    discussion: """
      Without --reference the claims of the theory are measured, each a line with the finding closest to \
      its bound; a claim that fails prints all of its findings. Claims:
      \(claimList)

      With --reference each file is in one of these formats; the first three are JSON lists, told apart by \
      the keys of their records, the others are safetensors files:
        mixtures              exact densities, scores, velocities and flow maps of Gaussian mixtures
        objectives            losses, gradients and Hessian products of every objective on given networks
        Gaussian minimisers   the degenerate maps of direct training on one Gaussian
        transformer           output, tangent and gradients of FlowMapTiT under its published names
        autoencoder           moments and output of an AutoencoderKL under its published names

      The exit code is 0 only if everything holds.

      Examples:
        toylab verify
        toylab verify --only 3,5 --thorough
        toylab verify --json findings.json
        toylab verify --reference mixture.json objectives.json
        toylab verify --reference tit.safetensors vae.safetensors
      """)

  @Option(
    help: ArgumentHelp(
      "Claims to check, numbers separated by commas (default: all).", valueName: "numbers"))
  var only: String?

  @Flag(help: "More samples, seeds and steps: slower, with smaller errors.")
  var thorough = false

  @Flag(help: "Print every finding, not only the one closest to its bound.")
  var details = false

  @Option(
    parsing: .unconditional,
    help: "First seed, 0 to 2^64 - 1; further ones count up from it.")
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions

  @Option(
    defaultAsFlag: "-",
    help: ArgumentHelp(
      "Write the findings as JSON to this file, or instead of the table (default: -).",
      valueName: "file"))
  var json: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files of reference values; one or more.", valueName: "file"))
  var reference: [String] = []

  func validate() throws {
    if !reference.isEmpty && (only != nil || thorough || details || json != nil) {
      throw ValidationError(
        "--reference checks files: leave --only, --thorough, --details and --json out.")
    }
    if json?.isEmpty == true {
      throw ValidationError("--json is empty; accepted is a file's path, or - for standard output.")
    }
    _ = try checks()
  }

  func run() throws {
    if reference.isEmpty { try verifyTheory() } else { try verifyReferences() }
  }
}

// MARK: - The theory

extension Verify {
  /// The checks asked for.
  private func checks() throws -> [any TheoryCheck.Type] {
    guard let only else { return theoryChecks }
    let numbers = try only.split(separator: ",", omittingEmptySubsequences: false).map {
      word throws -> Int in
      guard let number = Int(word), theoryChecks.contains(where: { $0.number == number }) else {
        throw ValidationError(
          "--only \(only): \"\(word)\" is no claim; accepted are "
            + theoryChecks.map { "\($0.number)" }.joined(separator: ", ")
            + ", separated by commas.")
      }
      return number
    }
    return theoryChecks.filter { numbers.contains($0.number) }
  }

  private func verifyTheory() throws {
    let checks = try checks()
    if let json, json != "-" { try FileSystem.checkWritable(parentFolder(of: json)) }
    let pool = WorkerPool(threads: threads.count)
    let printsTable = json != "-"
    if printsTable { try StandardOutput.write(TheoryReport.header + "\n") }
    var results: [CheckResult] = []
    for check in checks {
      let line = ProgressLine(label: "claim \(check.number)", total: nil)
      let result = check.result(
        CheckSession(seed: seed, pool: pool, isThorough: thorough) { text in
          line.update(step: 0, metric: text)
        })
      line.finish()
      results.append(result)
      if printsTable {
        try StandardOutput.write(TheoryReport.line(result, isDetailed: details) + "\n")
      }
    }
    let report = TheoryReport(results: results, seed: seed, isThorough: thorough)
    if let json {
      let text = try report.json()
      if json == "-" {
        try StandardOutput.write(text)
      } else {
        _ = try FileSystem.createFolders(parentFolder(of: json))
        try AtomicFile.write(Data(text.utf8), to: json)
      }
    }
    if printsTable { try StandardOutput.write("\n" + report.summary + "\n") }
    let failed = results.filter { !$0.holds }
    guard failed.isEmpty else {
      throw VerificationFailure(failures: failed.map { "claim \($0.number): \($0.claim)" })
    }
  }
}

private let claimList = theoryChecks.map { check in
  String(repeating: " ", count: check.number < 10 ? 3 : 2) + "\(check.number)  \(check.claim)"
}.joined(separator: "\n")

// MARK: - References

extension Verify {
  private func verifyReferences() throws {
    var failures: [String] = []
    var quantities = 0
    for file in reference {
      do {
        let checks = try ReferenceFile(contentsOfFile: file).check()
        quantities += checks.count
        failures += checks.filter { !$0.passes }.map {
          "\(file): \($0.quantity)" + ($0.count == 0 ? ", of which it holds no values" : "")
        }
        if checks.isEmpty { failures.append("\(file): it holds no quantity") }
        try StandardOutput.write("\(file)\n\n\(table(of: checks))\n\n")
      } catch let error as FileError {
        throw error
      } catch {
        failures.append(failureText(error, file: file))
        try StandardOutput.write("\(file)\n\n  not checked\n\n")
      }
    }
    guard failures.isEmpty else { throw VerificationFailure(failures: failures) }
    let files = reference.count == 1 ? "1 file" : "\(reference.count) files"
    try StandardOutput.write("All \(quantities) quantities of \(files) agree.\n")
  }
}

/// What did not agree, or could not be checked.
struct VerificationFailure: Error, Equatable, CustomStringConvertible {
  let failures: [String]

  var description: String {
    "verification failed:\n" + failures.map { "  " + $0 }.joined(separator: "\n")
  }
}

/// An error that names its file.
private func failureText(_ error: any Error, file: String) -> String {
  let text = String(describing: error)
  return text.contains(file) ? text : "\(file): \(text)"
}

private func table(of checks: [ReferenceCheck]) -> String {
  textTable(
    ["quantity", "largest relative error", "tolerance", "entries", "verdict"],
    checks.map { check in
      [
        check.quantity, String(format: "%.2e", check.largestError),
        String(format: "%.0e", check.tolerance), "\(check.count)",
        check.passes ? "agrees" : check.count == 0 ? "no values" : "FAILS",
      ]
    })
}

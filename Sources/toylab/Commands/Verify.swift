// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import GroundTruth
import Laboratory

/// `toylab verify`
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hold the lab against values computed by other programs.",
    discussion: """
      Each file is a JSON list in one of these formats, told apart by the keys of its records:
        mixtures              exact densities, scores, velocities and flow maps of Gaussian mixtures
        objectives            losses, gradients and Hessian products of every objective on given networks
        Gaussian minimisers   the degenerate maps of direct training on one Gaussian

      The exit code is 0 only if every quantity of every file agrees.

      Example:
        toylab verify --reference mixture.json objectives.json
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files of reference values; one or more.", valueName: "file"))
  var reference: [String] = []

  func validate() throws {
    if reference.isEmpty {
      throw ValidationError(
        """
        Nothing to verify. Accepted is --reference FILE..., JSON files with values of mixtures, of \
        objectives or of Gaussian minimisers.
        """)
    }
  }

  func run() throws {
    var failures: [String] = []
    var quantities = 0
    for file in reference {
      do {
        let checks = try ReferenceFile(contentsOfFile: file).check()
        quantities += checks.count
        failures += checks.filter { !$0.passes }.map { "\(file): \($0.quantity)" }
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
        check.passes ? "agrees" : "FAILS",
      ]
    })
}

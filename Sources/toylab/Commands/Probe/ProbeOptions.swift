// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Engines
import Files
import Foundation
import Probing
import Runs
import Theory
import Training

/// Which parameters are probed, and how the result is printed.
struct ProbeOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Folder of a run, or a checkpoint in it.", valueName: "run"))
  var path: String

  @OptionGroup var parameters: CheckpointOptions

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func run() throws -> ProbedRun {
    try parameters.probed(path)
  }

  var pool: WorkerPool { WorkerPool(threads: threads.count) }

  /// Prints a report as JSON or as text.
  func deliver(_ report: some Encodable, text: () -> String) throws {
    try StandardOutput.write(json ? JSON.page(report) : text() + "\n")
  }
}

/// The frozen batch of a loss.
struct ProbeBatchOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Rows of the frozen batch, 1 to \(ProbeBatch.validRows.upperBound).")
  var rows = 2048

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of the frozen batch and of random vectors, 0 to 2^64 - 1.", valueName: "seed"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The batch is the one a run of that seed and size draws after so many steps.",
      valueName: "step"))
  var batchStep = 0

  func validate() throws {
    try requireProbe("--rows", rows, in: ProbeBatch.validRows)
    try requireProbe("--batch-step", batchStep, in: 0...1_000_000_000)
  }

  var batch: ProbeBatch { ProbeBatch(rows: rows, seed: seed, step: batchStep) }
}

/// The parameters whose rows and columns of a curvature are taken.
struct ProbeLayerOptions: ParsableArguments {
  @Option(
    name: .customLong("layer"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Take rows and columns of these parameters alone: a role (matrix, bias, embedding, norm), a name as "
        + "layer0.weight, or its beginning up to a dot as layer0; may be repeated (default: all).",
      valueName: "name"))
  var names: [String] = []
}

/// A curvature on command lines.
enum CurvatureName: String, CaseIterable, ExpressibleByArgument {
  case hessian
  case gaussNewton = "gauss-newton"
  case updateField = "update-field"

  var curvature: Curvature {
    switch self {
    case .hessian: return .hessian
    case .gaussNewton: return .gaussNewton
    case .updateField: return .updateFieldJacobian
    }
  }
}

/// - Throws: `ValidationError` for a whole number outside its range.
func requireProbe(_ option: String, _ value: Int, in range: ClosedRange<Int>) throws {
  guard range.contains(value) else {
    throw ValidationError(
      "\(option) \(value) cannot be used; accepted is a whole number from \(range.lowerBound) to "
        + "\(range.upperBound).")
  }
}

/// A number with six significant digits.
func probeNumber(_ value: Double) -> String { String(format: "%.6g", value) }

/// The line above every curvature's table.
func probeHeader(_ subject: ProbeSubject, _ curvature: Curvature, _ batch: ProbeBatch) -> String {
  "\(subject.text)\n\(curvature.label); batch of \(batch.name)"
}

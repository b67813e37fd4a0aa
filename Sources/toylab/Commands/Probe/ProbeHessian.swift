// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import LinearAlgebra
import Probing
import Runs
import Theory

/// `toylab probe hessian`
struct ProbeHessian: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hessian",
    abstract: "Extreme eigenvalues of the Hessian, the Gauss-Newton matrix or the update field.",
    discussion: """
      The Hessian and the Gauss-Newton matrix freeze the stopped targets and are symmetric: Lanczos with full \
      reorthogonalisation and restarts. With --operator update-field the targets move with the parameters, \
      as they do in training: the matrix is not symmetric, Arnoldi finds its eigenvalues, ordered by real \
      part, and a negative real part is a direction in which training moves away.

      A residual is ‖A u - θ u‖ of the unit eigenvector; for a symmetric matrix an eigenvalue lies at most \
      that far from θ.

      Examples:
        toylab probe hessian runs/first
        toylab probe hessian runs/first --operator update-field --largest 4 --smallest 4
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var batch: ProbeBatchOptions
  @OptionGroup var layers: ProbeLayerOptions

  @Option(name: .customLong("operator"), help: "The matrix.")
  var operation = CurvatureName.hessian

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Eigenvalues from the top (default: 5, or as many as few parameters have).",
      valueName: "count"))
  var largest: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Eigenvalues from the bottom (default: 2, or as many as the others leave).",
      valueName: "count"))
  var smallest: Int?

  @Option(
    parsing: .unconditional,
    help: "Residual at which a pair has converged, relative to the largest eigenvalue.")
  var tolerance = 1e-6

  func validate() throws {
    let (largest, smallest) = counts(of: .max)
    guard largest >= 0 && smallest >= 0 && largest + smallest > 0 else {
      throw ValidationError(
        "--largest \(largest) and --smallest \(smallest) cannot be used; accepted are numbers of at least "
          + "0 that are not both 0.")
    }
    guard tolerance >= 1e-14 && tolerance <= 0.1 else {
      throw ValidationError(
        "--tolerance \(tolerance) cannot be used; accepted is a number from 1e-14 to 0.1.")
    }
  }

  func run() throws {
    let probe = try CurvatureProbe(
      try options.run(), curvature: operation.curvature, batch: batch.batch,
      layers: layers.names, pool: options.pool)
    let (largest, smallest) = counts(of: probe.operation.dimension)
    let report = try EigenvalueReport(
      probe, largest: largest, smallest: smallest,
      settings: KrylovSettings(relativeTolerance: tolerance, seed: batch.seed))
    try options.deliver(report) { text(report) }
  }

  /// How many eigenvalues are sought of a matrix: what is not given fits its dimension.
  private func counts(of dimension: Int) -> (largest: Int, smallest: Int) {
    let first = largest ?? min(5, max(0, dimension - (smallest ?? 0)))
    return (first, smallest ?? min(2, max(0, dimension - first)))
  }

  private func text(_ report: EigenvalueReport) -> String {
    func rows(_ name: String, _ entries: [EigenvalueReport.Entry]) -> [[String]] {
      entries.enumerated().map { index, entry in
        let value = entry.eigenvalue
        let imaginary =
          value.imaginary == 0
          ? "" : " \(value.imaginary < 0 ? "-" : "+") \(probeNumber(abs(value.imaginary)))i"
        return [
          "\(name) \(index + 1)", probeNumber(value.real) + imaginary,
          probeNumber(entry.residual),
        ]
      }
    }
    let table = textTable(
      ["eigenvalue", "value", "residual"],
      rows("largest", report.largest) + rows("smallest", report.smallest))
    return """
      \(probeHeader(report.subject, report.curvature, report.batch))
      loss \(probeNumber(report.loss)), gradient norm \(probeNumber(report.gradientNorm))

      \(table)

      \(report.isConverged ? "Converged" : "NOT CONVERGED") to \(report.relativeTolerance) of the largest \
      after \(report.applications) products and \(report.restarts) restarts; seed \(report.seed).
      """
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Probing
import Runs
import Theory

/// `toylab probe density`
struct ProbeDensity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "density",
    abstract: "The spectral density of the Hessian or the Gauss-Newton matrix.",
    discussion: """
      Stochastic Lanczos quadrature: every random vector gives a Gauss quadrature of the distribution of \
      eigenvalues. The table shows its moments, which are unbiased, and the density with each node replaced \
      by a Gaussian, whose width is printed; standard errors are those over the random vectors.

      Example:
        toylab probe density runs/first --probes 10 --steps 80
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var batch: ProbeBatchOptions
  @OptionGroup var layers: ProbeLayerOptions

  @Option(name: .customLong("operator"), help: "The matrix: hessian or gauss-newton.")
  var operation = CurvatureName.hessian

  @Option(parsing: .unconditional, help: "Random vectors, at least 2.")
  var probes = 6

  @Option(
    parsing: .unconditional,
    help: "Quadrature nodes a vector, at least 1 (default: 60, or one a parameter of fewer).")
  var steps: Int?

  func validate() throws {
    try requireProbe("--probes", probes, in: 2...100_000)
    if let steps { try requireProbe("--steps", steps, in: 1...100_000) }
  }

  func run() throws {
    let probe = try CurvatureProbe(
      try options.run(), curvature: operation.curvature, batch: batch.batch,
      layers: layers.names, pool: options.pool)
    let report = try DensityReport(
      probe, probes: probes, steps: steps ?? min(60, probe.operation.dimension), seed: batch.seed)
    try options.deliver(report) { text(report) }
  }

  private func text(_ report: DensityReport) -> String {
    let moments = report.moments.enumerated().map { ["tr A^\($0) / n", "\($1)"] }
    let points = stride(from: 0, to: report.points.count, by: 6).map { index in
      let point = report.points[index]
      return [
        probeNumber(point.eigenvalue), "\(point.density)", "\(point.cumulative)",
      ]
    }
    return """
      \(probeHeader(report.subject, report.curvature, report.batch))

      \(textTable(["moment", "value"], moments))

      \(textTable(["eigenvalue", "density", "share up to here"], points))

      Share of negative eigenvalues \(report.negativeShare). Bandwidth \(probeNumber(report.bandwidth)); \
      \(report.probes) vectors of \(report.steps) nodes, \(report.applications) products; seed \(report.seed).
      """
  }
}

/// `toylab probe trace`
struct ProbeTrace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "The trace of a curvature with its standard error.",
    discussion: """
      Examples:
        toylab probe trace runs/first
        toylab probe trace runs/first --operator gauss-newton --method xTrace --samples 40
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var batch: ProbeBatchOptions
  @OptionGroup var layers: ProbeLayerOptions

  @Option(name: .customLong("operator"), help: "The matrix.")
  var operation = CurvatureName.hessian

  @Option(
    help: "hutchinson, one product a sample, or xTrace, two a sample and a far smaller error.")
  var method = TraceReport.Method.xTrace

  @Option(
    parsing: .unconditional,
    help: "Random vectors, at least 2 (default: 40, or for xTrace one a parameter of fewer).")
  var samples: Int?

  func validate() throws {
    if let samples { try requireProbe("--samples", samples, in: 2...1_000_000) }
  }

  func run() throws {
    let probe = try CurvatureProbe(
      try options.run(), curvature: operation.curvature, batch: batch.batch,
      layers: layers.names, pool: options.pool)
    let most = method == .xTrace ? min(40, probe.operation.dimension) : 40
    let report = try TraceReport(
      probe, method: method, samples: samples ?? most, seed: batch.seed)
    try options.deliver(report) {
      let rows = [
        ["trace", "\(report.trace)"], ["mean eigenvalue", "\(report.meanEigenvalue)"],
      ]
      return """
        \(probeHeader(report.subject, report.curvature, report.batch))

        \(textTable(["quantity", "value"], rows))

        \(report.method.rawValue), \(report.applications) products; seed \(report.seed).
        """
    }
  }
}

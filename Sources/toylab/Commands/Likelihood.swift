// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Files
import Foundation
import Measures
import Probing
import Runs

/// `toylab likelihood`
struct Likelihood: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The log-likelihood of points under a run, and the noise they come from.",
    discussion: """
      Points are read as by `toylab measure`. They are carried from the data to the noise along the network's \
      own velocity F(x; t, t), and log p(x) = log N(x_T; 0, I) + the integral of the divergence, which is \
      exact. Steps are adaptive, of order 5, in double precision; then each is cut in two, and what that \
      changes is stated for every point as its error. Points whose error stays above --tolerance are refused.

      With --map it is the density of the one-step map in the plane instead: the sum of p(z)/|det| over all \
      noise z that is mapped to the point. The share of the noise at which the map folds is told, and points \
      are refused (nan) where no root is found, or where the signs of the determinants do not add up to the \
      degree of the map.

      --out writes a line a point: log_density,error,z1,z2,... or with --map log_density,roots. Where the source \
      is a mixture, the exact log-likelihood stands beside.

      Examples:
        toylab likelihood runs/first data.csv
        toylab likelihood runs/first data.npy --out likelihood.csv --tolerance 1e-7
        toylab likelihood runs/first data.csv --map
      """)

  @Argument(help: ArgumentHelp("Folder of a run, or a checkpoint in it.", valueName: "run"))
  var path: String

  @Argument(help: ArgumentHelp("A file of points.", valueName: "points"))
  var file: String

  @OptionGroup var points: PointOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Tell the network this class, and take the points of it if they have labels.",
      valueName: "class"))
  var label: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Largest error of a log-likelihood, 1e-10 to 1.", valueName: "number"))
  var tolerance = 1e-5

  @Flag(help: "Take the one-step map instead of the velocity; in the plane.")
  var map = false

  @Option(help: ArgumentHelp("Write a line a point to this file, .csv.", valueName: "file"))
  var out: String?

  @OptionGroup var parameters: CheckpointOptions

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard FlowLikelihood.validTolerances.contains(tolerance) else {
      throw ValidationError(
        "--tolerance \(tolerance) cannot be used; accepted is a number from 1e-10 to 1.")
    }
    if let out, !out.lowercased().hasSuffix(".csv") {
      throw ValidationError("--out \(out) cannot be used; accepted is a name that ends in .csv.")
    }
  }

  func run() throws {
    let run = try parameters.probed(path)
    var points = try points.read(file)
    if let label, points.labels != nil {
      guard let part = points.restricted(toLabel: label) else {
        throw LabelError(path: file, label: label, known: Set(points.labels ?? []).sorted())
      }
      points = part
    }
    let dimension = run.run.source.data.dimension
    guard points.dimension == dimension else {
      throw DimensionError(
        first: file, dimension: points.dimension, second: path, otherDimension: dimension)
    }
    if let out { try checkPlace(of: out, option: "--out") }
    let report = try map ? mapReport(run, points) : velocityReport(run, points)
    try StandardOutput.write(
      json ? JSON.page(report) : report.text(file: file))
  }

  private func velocityReport(_ run: ProbedRun, _ points: PointFile) throws -> LikelihoodReport {
    let likelihood = try RunLikelihood(
      run, of: points.points, label: label, tolerance: tolerance, threads: threads.count)
    let d = points.dimension
    if let out {
      let names = (1...d).map { "z\($0)" }.joined(separator: ",")
      try write(out, header: "log_density,error,\(names)", count: points.count) { row in
        ([likelihood.logDensities[row], likelihood.errors[row]]
          + likelihood.noise[row * d..<(row + 1) * d]).map(\.description).joined(separator: ",")
      }
    }
    return LikelihoodReport(
      subject: ProbeSubject(run), of: likelihood, points: points.count, dimension: d,
      tolerance: tolerance)
  }

  private func mapReport(_ run: ProbedRun, _ points: PointFile) throws -> LikelihoodReport {
    let density = try RunMapDensity(
      run, of: points.points, label: label, threads: threads.count)
    if let out {
      try write(out, header: "log_density,roots", count: points.count) { row in
        switch density.answers[row] {
        case .density(let log, let roots): "\(log),\(roots)"
        case .noRoot: "nan,0"
        case .missingRoots(let found, _, _): "nan,\(found)"
        }
      }
    }
    return LikelihoodReport(subject: ProbeSubject(run), of: density, points: points.count)
  }

  private func write(
    _ out: String, header: String, count: Int, line: (Int) -> String
  ) throws {
    try AtomicFile.replace(out) { file in
      try file.write(text: header + "\n")
      for start in stride(from: 0, to: count, by: 4096) {
        let lines = (start..<min(start + 4096, count)).map { line($0) + "\n" }
        try file.write(text: lines.joined())
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import GroundTruth
import Interpolants
import Networks

/// `toylab exact-degenerate`
struct ExactDegenerate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the degenerate map that direct training converges to, exactly.",
    discussion: """
      Direct training minimises E (D_v f)² + E Σ f_x² over all maps with f(x;s,s) = x: the first term \
      vanishes for the flow map, the second rewards flatness, and the minimiser lies in between. For a \
      target on the line it solves an elliptic equation in t and x, which this command solves by finite \
      elements on three grids; errors are estimated from their differences.

      Presets lie in the plane: --coordinate takes the law of one of their coordinates. A JSON file may hold \
      a target of dimension 1.

      Examples:
        toylab exact-degenerate --target two:0.5 --coordinate 0
        toylab exact-degenerate --target single --coordinate 0 --interpolant trigonometric --end-time 0.3
        toylab exact-degenerate --target line.json --resolution 256 --json
      """)

  @Option(
    help: ArgumentHelp(
      "Target: a preset, PRESET:DEVIATION, or a JSON file with weights, means and covariances.",
      valueName: "name|file"))
  var target: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Take the law of this coordinate of the target, counted from 0.", valueName: "index"))
  var coordinate: Int?

  @Option(help: "Path between data and noise.")
  var interpolant: InterpolantKind = .linear

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "s, from 0 to below T (1, or pi/2 for the trigonometric interpolant).", valueName: "time"))
  var endTime = 0.0

  @Option(
    parsing: .unconditional,
    help: """
      Cells of the finest grid each way, a multiple of 4 from \
      \(DegenerateMapSolver.resolutions.lowerBound) to \(DegenerateMapSolver.resolutions.upperBound).
      """)
  var resolution = DegenerateMapSolver.defaultResolution

  @Flag(help: "Print JSON: the map on a grid of noise, LED, variance term and error estimates.")
  var json = false

  func run() throws {
    let report = try DegenerateMapReport(
      target: try resolvedTarget(), interpolant: interpolant, endTime: endTime,
      resolution: resolution)
    try StandardOutput.write(json ? try report.json() : report.text)
  }

  private func resolvedTarget() throws -> GaussianMixture {
    let mixture = try GaussianMixture.named(target)
    guard let coordinate else {
      guard mixture.dimension == 1 else {
        throw ConfigurationError(
          setting: "target", value: "\(target), of dimension \(mixture.dimension),",
          accepted: "a target on the line, or --coordinate 0 to \(mixture.dimension - 1)")
      }
      return mixture
    }
    guard (0..<mixture.dimension).contains(coordinate) else {
      throw ConfigurationError(
        setting: "coordinate", value: "\(coordinate)",
        accepted: "a whole number from 0 to \(mixture.dimension - 1), a coordinate of \(target)")
    }
    return try mixture.projected(ontoCoordinate: coordinate)
  }
}

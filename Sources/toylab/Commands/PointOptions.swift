// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources

/// Where in files of points what stands.
struct PointOptions: ParsableArguments {
  static let counts = 1...10_000_000

  @Option(
    help: ArgumentHelp(
      """
      Column of the labels, by name or number from 1, or a file of them (default: label or labels, if there \
      is one).
      """, valueName: "column"))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Column of the weights, likewise (default: weight or weights, if there is one).",
      valueName: "column"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "Array of the points in .safetensors or a JSON object (default: points, or the only one with two extents).",
      valueName: "name"))
  var array: String?

  @Option(parsing: .unconditional, help: "Take no more than so many points, the first.")
  var count: Int?

  func validate() throws {
    if let count { try requireProbe("--count", count, in: Self.counts) }
  }

  /// The points of a file.
  func read(_ path: String) throws -> PointFile {
    let file = try PointFile(
      contentsOf: path,
      layout: PointFileLayout(
        points: array, labels: labels.map(PointColumn.init),
        weights: weights.map(PointColumn.init)))
    return count.map { file.prefix($0) } ?? file
  }
}

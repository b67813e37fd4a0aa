// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Files
import Foundation
import LinearAlgebra
import Measures
import Plotting
import Probing
import Runs
import Walkthroughs

/// `toylab probe landscape`
struct ProbeLandscape: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "landscape",
    abstract: "The loss over a plane of parameter space: values, surface and contours.",
    discussion: """
      The loss is the run's own, on a frozen batch, in the run's precision. Planes:
        eigenvectors  through the checkpoint, along the Hessian's top two eigenvectors
        random        along two random directions
        filter        the same, each filter as long as the network's (arXiv 1712.09913)
        path          along the principal axes of the way from the start over the checkpoints
        runs          through this run and those of --with, or this run's start for want of a third

      Finished rows are kept in the data file: a command that was stopped goes on from there and leaves the \
      same file as one that was not.

      Examples:
        toylab probe landscape runs/first --out first
        toylab probe landscape runs/direct --with runs/isd --plane runs --out two
      """)

  @OptionGroup var options: ProbeOptions
  @OptionGroup var batch: ProbeBatchOptions

  @Option(help: "How the plane is laid.")
  var plane = LandscapePlane.Kind.eigenvectors

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Further runs, whose ways are projected on the plane.", valueName: "run"))
  var with: [String] = []

  @Option(
    parsing: .unconditional,
    help: """
      Half the side of the square, in units of the axes (default: 1 for eigenvectors and filter, half the \
      length of the parameters for random, what the ways need otherwise).
      """)
  var radius: Double?

  @Option(parsing: .unconditional, help: "Points along a side, 2 to 1001.")
  var side = 61

  @Option(help: "Format of the picture.")
  var format = FigureFormat.png

  @Option(
    help: ArgumentHelp(
      "Writes name.json and the picture beside it (default: landscape).", valueName: "name"))
  var out = "landscape"

  /// Beyond them parameters do not move, or are no numbers.
  private static let radii = 1e-100...1e100

  func validate() throws {
    try requireProbe("--side", side, in: LandscapeSettings.validSides)
    if let radius, !Self.radii.contains(radius) {
      throw ValidationError(
        "--radius \(radius) cannot be used; accepted is a number above 0, from \(Self.radii.lowerBound) to "
          + "\(Self.radii.upperBound).")
    }
    if out.isEmpty {
      throw ValidationError("--out is empty; accepted is the start of a file name.")
    }
  }

  private func otherRun(_ path: String) throws -> ProbedRun {
    let run = try ProbedRun(path)
    tellDamage(run.damaged, instead: run.checkpoint.step)
    return run
  }

  func run() throws {
    let (data, picture) = ("\(out).json", "\(out).\(format.rawValue)")
    let folder = parentFolder(of: data)
    guard FileSystem.exists(folder) else {
      throw NoFolderError(option: "--out", file: out, folder: folder)
    }
    try FileSystem.checkWritable(folder)
    let problem = try RunLandscape(
      try options.run(), others: try with.map(otherRun), kind: plane, radius: radius,
      side: side, batch: batch.batch,
      krylov: KrylovSettings(relativeTolerance: 1e-6, seed: batch.seed), pool: options.pool)
    let progress = ProgressLine(label: "landscape", total: side)
    let landscape: Landscape
    do {
      defer { progress.finish() }
      landscape = try problem.compute(file: data) { progress.update(step: $0, metric: "") }
    }
    // A folder's name may hold what the markup of plots takes for its own.
    let paths = landscape.paths.map { path in
      var path = path
      path.label = Markup.escaped(path.label)
      return path
    }
    var shown = LandscapePicture(
      landscape, title: problem.settings.subject.objective,
      colors: landscape.paths.indices.map {
        Palette.categorical[[2, 6, 5, 3][$0 % 4]]
      })
    for (index, path) in paths.enumerated() { shown.paths[index].label = path.label }
    let figure = Plotting.Figure(
      width: 860, title: "Loss landscape of \(problem.settings.subject.objective)",
      grids: [PanelGrid(rows: [[shown.surface, shown.contours("loss")]])],
      caption: Markup.escaped(problem.settings.subject.text) + ". "
        + landscapeCaption(landscape.settings, paths: paths)
    )
    try figure.write(to: picture, format: format)
    tellLettersWithoutGlyph(of: figure)
    try options.deliver(landscape) { text(landscape, data, picture) }
  }

  private func text(_ landscape: Landscape, _ data: String, _ picture: String) -> String {
    let finite = landscape.values.filter(\.isFinite)
    let rows = landscape.paths.map { path in
      [
        path.label, path.points.last.map { probeNumber($0.first) } ?? "",
        path.points.last.map { probeNumber($0.second) } ?? "",
        probeNumber(path.points.last?.distance ?? .nan),
        probeNumber(path.points.map(\.distance).max() ?? .nan),
      ]
    }
    let table = textTable(
      ["run", "first", "second", "distance at its end", "largest distance"], rows)
    return """
      \(landscape.settings.subject.text)
      \(landscapeCaption(landscape.settings, paths: []))
      lowest loss \(probeNumber(finite.min() ?? .nan)), highest \(probeNumber(finite.max() ?? .nan)), \
      not finite at \(landscape.values.count - finite.count) points

      \(table)

      Data:    \(data)
      Picture: \(picture)
      """
  }
}

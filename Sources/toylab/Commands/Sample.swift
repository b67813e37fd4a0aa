// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Files
import GroundTruth
import Measures
import Probing
import Runs
import Training

/// `toylab sample`
struct Sample: ParsableCommand {
  static let counts = 1...10_000_000
  static let stepCounts = 1...100_000

  static let configuration = CommandConfiguration(
    abstract: "Draw samples with a trained flow map.",
    discussion: """
      Noise is carried from the end time to 0 in equal steps of the map. Samples go to standard output as \
      CSV, or to a file; with --compare and no file only the comparison is printed.

      Examples:
        toylab sample runs/first --count 1000 > samples.csv
        toylab sample runs/first --steps 4 --average 0.999 --out samples.json --compare
      """)

  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "folder"))
  var path: String

  @Option(
    parsing: .unconditional,
    help: "Samples, 1 to \(counts.upperBound); with --compare 16 to 65536.")
  var count = 1000

  @Option(parsing: .unconditional, help: "Steps of the map, 1 to \(stepCounts.upperBound).")
  var steps = 1

  @Option(parsing: .unconditional, help: "Seed of the noise, 0 to 2^64 - 1.")
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Use the run's average of this decay instead of the parameters.", valueName: "decay"))
  var average: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Use the checkpoint of this step (default: the latest).", valueName: "step"))
  var checkpoint: Int?

  @Option(help: ArgumentHelp("Write to this file, .csv or .json.", valueName: "file"))
  var out: String?

  @Flag(
    help: """
      Print sliced W2, energy distance and the fraction inside the modes, for uniform shapes also the KL by \
      histogram, held against the exact law, with standard errors and the values of an exact sample.
      """)
  var compare = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try require("--count", count, in: Self.counts)
    try require("--steps", steps, in: Self.stepCounts)
    if compare { try require("--count with --compare", count, in: SampleComparison.validCounts) }
    if let out, SampleFormat(fileName: out) == nil {
      throw ValidationError(
        "--out \(out) cannot be used; accepted is a name that ends in .csv or .json.")
    }
  }

  func run() throws {
    let sampler = try RunSampler(path, step: checkpoint, averageDecay: average)
    tellDamage(sampler.damaged, instead: sampler.checkpoint.step)
    if let out { try checkPlace(of: out) }
    let samples = try sampler.samples(
      count: count, steps: steps, seed: seed, threads: threads.count)
    try write(samples, of: sampler)
    if compare {
      let comparison = SampleComparison(
        samples, source: sampler.run.source.law, seed: seed)
      try StandardOutput.write(text(comparison, sampler))
    }
  }

  /// Finds out before the samples are drawn whether they can be written.
  private func checkPlace(of file: String) throws {
    let folder = parentFolder(of: file)
    guard FileSystem.exists(folder) else { throw NoFolderError(file: file, folder: folder) }
    try FileSystem.checkWritable(folder)
  }

  private func write(_ samples: [Double], of sampler: RunSampler) throws {
    let dimension = sampler.run.source.law.dimension
    let precision = sampler.run.configuration.precision
    if let out, let format = SampleFormat(fileName: out) {
      try AtomicFile.replace(out) { file in
        try format.write(samples, dimension: dimension, precision: precision) {
          try file.write(text: $0)
        }
      }
    } else if !compare {
      try SampleFormat.csv.write(
        samples, dimension: dimension, precision: precision, to: StandardOutput.write)
    }
  }

  private func text(_ comparison: SampleComparison, _ sampler: RunSampler) -> String {
    let parameters = sampler.averageDecay.map { "average of decay \($0)" } ?? "parameters"
    let readings: [(String, SampleComparison.Reading?)] = [
      ("sliced W2", comparison.slicedWasserstein), ("energy distance", comparison.energyDistance),
      ("fraction inside modes", comparison.fractionInsideModes),
      ("histogram KL", comparison.histogramDivergence),
    ]
    let rows = readings.compactMap { name, reading in
      reading.map { [name, "\($0.value)", "\($0.floor)"] }
    }
    return """
      \(count) samples in \(steps) step\(steps == 1 ? "" : "s"), \(parameters) of step \
      \(sampler.checkpoint.step), source \(sampler.run.source.name):

      \(textTable(["measure", "value", "exact sample"], rows))

      """
  }
}

/// A file in a folder that does not exist.
struct NoFolderError: Error, Equatable, CustomStringConvertible {
  let file: String
  let folder: String

  var description: String { "--out \(file): there is no folder \(folder); create it first" }
}

private func require(_ option: String, _ value: Int, in range: ClosedRange<Int>) throws {
  guard range.contains(value) else {
    throw ValidationError(
      "\(option) \(value) cannot be used; accepted is a whole number from \(range.lowerBound) to "
        + "\(range.upperBound).")
  }
}

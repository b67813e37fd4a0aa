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
      CSV, or to a file; with --compare or --trajectory and no file they are not printed.

      Examples:
        toylab sample runs/first --count 1000 > samples.csv
        toylab sample runs/first --steps 4 --average 0.999 --out samples.json --compare
        toylab sample runs/first --steps 8 --count 200 --trajectory paths.npy
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

  @Option(
    help: ArgumentHelp(
      "Write the points at the end time and after every step to this file, .csv, .json, .npy or .safetensors.",
      valueName: "file"))
  var trajectory: String?

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
    if let trajectory {
      guard SampleTrajectory.Format(fileName: trajectory) != nil else {
        throw ValidationError(
          "--trajectory \(trajectory) cannot be used; accepted is a name that ends in .csv, .json, .npy or "
            + ".safetensors.")
      }
      // Points have a coordinate or more.
      try require(
        "--count times --steps with --trajectory", count * steps,
        in: 1...SampleTrajectory.largestNumberCount)
    }
  }

  func run() throws {
    let sampler = try RunSampler(path, step: checkpoint, averageDecay: average)
    if let out { try checkPlace(of: out, option: "--out") }
    if let trajectory { try checkPlace(of: trajectory, option: "--trajectory") }
    let samples = try draw(sampler)
    try write(samples, of: sampler)
    if compare {
      let comparison = SampleComparison(
        samples, source: sampler.run.source.law, seed: seed)
      try StandardOutput.write(text(comparison, sampler))
    }
  }

  /// The samples; writes their trajectory where it is asked for.
  private func draw(_ sampler: RunSampler) throws -> [Double] {
    guard let trajectory, let format = SampleTrajectory.Format(fileName: trajectory) else {
      return try sampler.samples(
        count: count, steps: steps, seed: seed, threads: threads.count)
    }
    let dimension = sampler.run.source.law.dimension
    try require(
      "--count times --steps with --trajectory", count * (steps + 1),
      in: 1...SampleTrajectory.largestNumberCount / dimension)
    let path = try sampler.trajectory(
      count: count, steps: steps, seed: seed, threads: threads.count)
    try path.write(
      to: trajectory, as: format, precision: sampler.run.configuration.precision)
    return path.samples
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
    } else if !compare && trajectory == nil {
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

private func require(_ option: String, _ value: Int, in range: ClosedRange<Int>) throws {
  guard range.contains(value) else {
    throw ValidationError(
      "\(option) \(value) cannot be used; accepted is a whole number from \(range.lowerBound) to "
        + "\(range.upperBound).")
  }
}

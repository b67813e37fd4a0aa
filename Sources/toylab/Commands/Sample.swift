// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Files
import GroundTruth
import Measures
import Networks
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
      CSV, or to a file; with --compare or --trajectory and no file they are not printed. Samples of a user's own \
      points are in the units of the file they came from, comparisons in the standardised ones of training.

      Examples:
        toylab sample runs/first --count 1000 > samples.csv
        toylab sample runs/guided --label 2 --scale 1.5 --out class2.csv
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

  @OptionGroup var parameters: CheckpointOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The class of the samples, from 0, with a network that is told classes (default: none is told).",
      valueName: "class"))
  var label: Int?

  @Option(
    parsing: .unconditional,
    help:
      "Scale of guidance in sampling (Post-CFG), with --label; the scales of training and sampling multiply."
  )
  var scale = 1.0

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
    if label == nil && scale != 1 {
      throw ValidationError(
        "--scale \(scale) goes with --label, the class towards which it guides.")
    }
    if label != nil && compare {
      throw ValidationError(
        "--compare holds samples of all classes against the source; leave --label out.")
    }
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
    let sampler = try RunSampler(
      path, step: parameters.checkpoint, averageDecay: parameters.average)
    try checkOptions(fit: sampler.run)
    tellDamage(sampler.damaged, instead: sampler.checkpoint.step)
    if let out { try checkPlace(of: out, option: "--out") }
    if let trajectory { try checkPlace(of: trajectory, option: "--trajectory") }
    let samples = try draw(sampler)
    try write(samples, of: sampler)
    if compare {
      let comparison = SampleComparison(
        samples, source: sampler.run.source.data, seed: seed)
      try StandardOutput.write(text(comparison, sampler))
    }
  }

  private func checkOptions(fit run: ResolvedRun) throws {
    let classes = run.configuration.network.classCount
    if let label, !(0..<classes).contains(label) {
      throw Setting.error(
        "--label", label,
        accepted: classes == 0
          ? "none: the network of \(path) is told no classes"
          : "a class of the network, 0 to \(classes - 1)")
    }
    if label == nil && run.configuration.alwaysTellsClass {
      throw Setting.error(
        "--label", "none",
        accepted: "a class, 0 to \(classes - 1): the network of \(path) was told one in every row")
    }
    if compare, let limit = run.source.data.measurementLimit, count > limit / 2 {
      throw Setting.error(
        "--count", count,
        accepted: "with --compare at most half of the \(limit) held-out points, \(limit / 2)")
    }
  }

  /// The samples; writes their trajectory where it is asked for.
  private func draw(_ sampler: RunSampler) throws -> [Double] {
    guard let trajectory, let format = SampleTrajectory.Format(fileName: trajectory) else {
      return try sampler.samples(
        count: count, steps: steps, seed: seed, label: label, scale: scale, threads: threads.count)
    }
    let source = sampler.run.source
    try require(
      "--count times --steps with --trajectory", count * (steps + 1),
      in: 1...SampleTrajectory.largestNumberCount / source.data.dimension)
    let path = try sampler.trajectory(
      count: count, steps: steps, seed: seed, label: label, scale: scale, threads: threads.count)
    let written = source.cloud.map { cloud in
      SampleTrajectory(
        times: path.times, points: path.points.map(cloud.standardization.undone),
        dimension: path.dimension)
    }
    try (written ?? path).write(
      to: trajectory, as: format, precision: sampler.run.configuration.precision)
    return path.samples
  }

  private func write(_ samples: [Double], of sampler: RunSampler) throws {
    let source = sampler.run.source
    let dimension = source.data.dimension
    let samples = source.cloud?.standardization.undone(samples) ?? samples
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

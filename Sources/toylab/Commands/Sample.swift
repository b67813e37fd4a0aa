// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Engines
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
        toylab sample runs/images --steps 1,2,4 --labels 0-9 --scale 2 --grid gallery.png
        toylab sample runs/images --count 10000 --labels 0-9 --out samples.safetensors
      """)

  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "folder"))
  var path: String

  @Option(
    parsing: .unconditional,
    help: "Samples, 1 to \(counts.upperBound); with --compare 16 to 65536.")
  var count = 1000

  @Option(
    name: .customLong("steps"), parsing: .unconditional,
    help: ArgumentHelp(
      "Steps of the map, 1 to \(stepCounts.upperBound); with --grid a list of them, such as 1,2,4.",
      valueName: "steps"))
  var stepList = NumberList([1])

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
    help: ArgumentHelp(
      "Classes of the samples, such as 0-9 or 0,3,7: a row of --grid for each, else in turn.",
      valueName: "classes"))
  var labels: NumberList?

  @Option(
    parsing: .unconditional,
    help:
      "Scale of guidance, with --label or --labels: in sampling (Post-CFG), where it multiplies that of training; a network trained for many scales (--guidance-up-to) is told it (default: 1, of many scales their middle)."
  )
  var scale: Double?

  @Option(
    help: ArgumentHelp(
      "Write to this file, .csv, .json, .npy or .safetensors; arrays have the shape of the source, [N, C, H, W] of "
        + "images, in single precision and its own units.", valueName: "file"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Write a picture of samples of images to this file, .png: a row for each class, a panel of columns for each of "
        + "--steps.", valueName: "file"))
  var grid: String?

  @Option(
    help: ArgumentHelp(
      "Make images of the samples of a run on latents, for --grid and --out: a file of toylab autoencoder train.",
      valueName: "file"))
  var decoder: String?

  @Option(parsing: .unconditional, help: "Samples of a row in a panel of --grid, 1 to 256.")
  var columns = 10

  @Option(
    parsing: .unconditional,
    help:
      "Pixels of --grid for a pixel of a sample, 1 to \(GalleryPlan.validEnlargements.upperBound).")
  var enlarge = 2

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
    for steps in stepList.numbers { try require("--steps", steps, in: Self.stepCounts) }
    try checkGrid()
    if label != nil && labels != nil {
      throw ValidationError("--label and --labels both name classes; give one.")
    }
    if classes == nil, let scale, scale != 1 {
      throw ValidationError(
        "--scale \(scale) goes with --label or --labels, the class towards which it guides.")
    }
    if let decoder {
      guard
        (grid != nil || out.map { SampleArrayFormat(fileName: $0) != nil } == true)
          && !compare && trajectory == nil
      else {
        throw ValidationError(
          "--decoder \(decoder) makes images for --grid and for --out with a name that ends in .npy or .safetensors; "
            + "leave it, --compare or --trajectory out.")
      }
    }
    if classes != nil && compare {
      throw ValidationError(
        "--compare holds samples of all classes against the source; leave --label out.")
    }
    if compare { try require("--count with --compare", count, in: SampleComparison.validCounts) }
    if let out, SampleFormat(fileName: out) == nil, SampleArrayFormat(fileName: out) == nil {
      throw ValidationError(
        "--out \(out) cannot be used; accepted is a name that ends in .csv, .json, .npy or "
          + ".safetensors.")
    }
    if let trajectory {
      if let labels, labels.numbers.count > 1 {
        throw ValidationError("--trajectory goes with one class; accepted is --label CLASS.")
      }
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

  /// The classes that are asked for.
  private var classes: [Int]? { labels?.numbers ?? label.map { [$0] } }

  /// The steps where there is one count of them.
  private var steps: Int { stepList.numbers[0] }

  private func checkGrid() throws {
    try require("--columns", columns, in: 1...256)
    try require("--enlarge", enlarge, in: GalleryPlan.validEnlargements)
    guard let grid else {
      if stepList.numbers.count > 1 {
        throw ValidationError(
          "--steps \(stepList) names several counts, which go with --grid; accepted is one.")
      }
      return
    }
    guard grid.lowercased().hasSuffix(".png") else {
      throw ValidationError(
        "--grid \(grid) cannot be used; accepted is a name that ends in .png.")
    }
    if stepList.numbers.count > 1 && (out != nil || trajectory != nil || compare) {
      throw ValidationError(
        "--steps \(stepList) names several counts, which go with --grid alone; leave --out, --trajectory and "
          + "--compare out, or give one count.")
    }
    let panel = (classes?.count ?? GalleryPlan.rowsWithoutClass) * columns
    try require("rows times --columns", panel, in: GalleryPlan.validCounts)
  }

  func run() throws {
    let sampler = try RunSampler(
      path, step: parameters.checkpoint, averageDecay: parameters.average)
    try checkOptions(fit: sampler.run)
    tellDamage(sampler.damaged, instead: sampler.checkpoint.step)
    if let out { try checkPlace(of: out, option: "--out") }
    if let trajectory { try checkPlace(of: trajectory, option: "--trajectory") }
    if let grid { try checkPlace(of: grid, option: "--grid") }
    let source = compare ? try sampler.run.source.reading() : sampler.run.source
    let latentDecoder = try decoder.map { path in
      let file = try DecoderFile(contentsOf: path)
      try file.check(sampler.run.source)
      return LatentDecoder(file.autoencoder, pool: WorkerPool(threads: threads.count))
    }
    if let grid { try draw(grid, with: sampler, latentDecoder) }
    if let out, let format = SampleArrayFormat(fileName: out), !compare, trajectory == nil {
      return try sampler.write(
        to: out, as: format, count: count, steps: steps, seed: seed, labels: classes, scale: scale,
        decoder: latentDecoder, threads: threads.count)
    }
    if grid != nil && out == nil && trajectory == nil && !compare { return }
    let samples = try draw(sampler)
    try write(samples, of: sampler)
    if compare {
      let comparison = SampleComparison(samples, source: source.data, seed: seed)
      try StandardOutput.write(text(comparison, sampler))
    }
  }

  /// Writes the picture of samples.
  private func draw(
    _ grid: String, with sampler: RunSampler, _ decoder: LatentDecoder?
  ) throws {
    guard let images = sampler.run.source.images else {
      throw Setting.error(
        "--grid", grid,
        accepted: "it with a run of images; the source of \(path) is \(sampler.run.source.name)")
    }
    let plan = GalleryPlan(
      classes: classes, columns: columns, steps: stepList.numbers, enlargement: enlarge,
      images: images)
    try sampler.gallery(plan, seed: seed, scale: scale, decoder: decoder, threads: threads.count)
      .write(to: grid)
  }

  private func checkOptions(fit run: ResolvedRun) throws {
    let count = run.configuration.network.classCount
    let option = labels == nil ? "--label" : "--labels"
    if let wrong = classes?.first(where: { !(0..<count).contains($0) }) {
      throw Setting.error(
        option, wrong,
        accepted: count == 0
          ? "none: the network of \(path) is told no classes"
          : "a class of the network, 0 to \(count - 1)")
    }
    if classes == nil && run.configuration.alwaysTellsClass {
      throw Setting.error(
        option, "none",
        accepted: "a class, 0 to \(count - 1): the network of \(path) was told one in every row")
    }
    if compare, let limit = run.source.data.measurementLimit, self.count > limit / 2 {
      throw Setting.error(
        "--count", self.count,
        accepted: "with --compare at most half of the \(limit) held-out points, \(limit / 2)")
    }
  }

  /// The samples; writes their trajectory where it is asked for.
  private func draw(_ sampler: RunSampler) throws -> [Double] {
    guard let trajectory, let format = SampleTrajectory.Format(fileName: trajectory) else {
      if let classes, classes.count > 1 {
        var samples: [Double] = []
        try sampler.forEachBlock(
          count: count, steps: steps, seed: seed, labels: classes, scale: scale,
          threads: threads.count
        ) { samples += $1 }
        return samples
      }
      return try sampler.samples(
        count: count, steps: steps, seed: seed, label: classes?.first, scale: scale,
        threads: threads.count)
    }
    let source = sampler.run.source
    try require(
      "--count times --steps with --trajectory", count * (steps + 1),
      in: 1...SampleTrajectory.largestNumberCount / source.data.dimension)
    let path = try sampler.trajectory(
      count: count, steps: steps, seed: seed, label: classes?.first, scale: scale,
      threads: threads.count)
    let written = source.units.map { units in
      SampleTrajectory(
        times: path.times, points: path.points.map(units.undone), dimension: path.dimension)
    }
    try (written ?? path).write(
      to: trajectory, as: format, precision: sampler.run.configuration.precision)
    return path.samples
  }

  private func write(_ samples: [Double], of sampler: RunSampler) throws {
    let source = sampler.run.source
    let dimension = source.data.dimension
    let samples = source.units?.undone(samples) ?? samples
    let precision = sampler.run.configuration.precision
    if let out, let format = SampleArrayFormat(fileName: out) {
      return try format.write(
        samples, shape: [count] + source.data.pointShape, labels: classes, to: out)
    }
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

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import ArgumentParser
import Console
import DataSources
import Files
import Foundation
public import Measures

extension PointComparison.Kind: ExpressibleByArgument {}

/// `toylab measure`
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how far the points of two files lie apart.",
    discussion: """
      Each file holds points as a table in text, as JSON (an array of rows, as `toylab sample` writes it), \
      as one NumPy array (.npy, N x d) or as safetensors. Sizes may differ, and points may have weights.

      Measures, chosen with --measure (default: all that the sizes permit):
        sliced   sliced W2: exact W2 between projections on directions, a root mean square; any size
        exact    W2 by optimal transport, the network simplex; up to 9 million pairs (3000 x 3000)
        energy   energy distance 2E|X-Y| - E|X-X'| - E|Y-Y'|, not its root as W2 is one; unbiased; up to 65536 points a file
        mmd      squared maximum mean discrepancy, unbiased, Gaussian kernel of the median distance; likewise

      Beside each value stands its standard error: of sliced W2 over the directions for the points given, of \
      the others over the points. It does not show the bias of W2, which is above 0 between two samples of \
      one law. The floor does: all points are thrown together and dealt anew into two samples of the same \
      sizes, --splits times; shown are the mean and the deviation of a single reading, and by how many of \
      these deviations the value lies above. Below about 3 the files may well be samples of one law.

      Images are measured in features (--features): A is an array of images [N, C, H, W], .npy or .safetensors, as \
      toylab sample writes it; B is another, or the name or folder of a data set, of which the part held out is the \
      reference. Pixels are rounded to 8 bits first. Shown are the Fréchet distance with its limit for infinitely \
      many samples, the kernel distance, precision and recall, the class accuracy where A has labels, and how near \
      the nearest training image is; beside them what two halves of the reference read. --count, --labels and \
      --array say what is taken of A.

      Examples:
        toylab measure samples.csv data.csv
        toylab measure samples.safetensors fashion-mnist --features classifier
        toylab measure a.npy b.npy --measure sliced --measure energy --json
        toylab measure a.csv b.csv --labels class --label 0 --label 2
      """)

  @Argument(help: ArgumentHelp("A file of points.", valueName: "A"))
  var first: String

  @Argument(help: ArgumentHelp("Another file of points.", valueName: "B"))
  var second: String

  @OptionGroup var points: PointOptions

  @OptionGroup var images: ImageMeasureOptions

  @OptionGroup var threads: ThreadOptions

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Compare the points of this class alone; may be given several times.", valueName: "class"))
  var label: [Int] = []

  @Option(
    help: ArgumentHelp(
      "Measure this: sliced, exact, energy or mmd; may be given several times.",
      valueName: "measure"))
  var measure: [PointComparison.Kind] = []

  @Option(parsing: .unconditional, help: "How often the points are dealt anew, 2 to 1000.")
  var splits = 10

  @Option(
    parsing: .unconditional,
    help: "Directions of sliced W2, 1 to 100000; evenly spaced in the plane, random elsewhere.")
  var directions = 64

  @Option(
    parsing: .unconditional, help: "Seed of the dealing and of random directions, 0 to 2^64 - 1.")
  var seed: UInt64 = 0

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func validate() throws {
    try requireProbe("--splits", splits, in: PointComparison.validSplits)
    try requireProbe("--directions", directions, in: 1...100_000)
    if Set(measure).count < measure.count || Set(label).count < label.count {
      throw ValidationError("--measure and --label take each value once.")
    }
    if images.features != nil {
      if !measure.isEmpty || !label.isEmpty || points.weights != nil {
        throw ValidationError(
          "--measure, --label and --weights are of points; images in features are measured as a whole."
        )
      }
    }
  }

  func run() throws {
    if let choice = images.features {
      let report = try ImageMeasurement(
        samples: first, reference: second, choice: choice, options: images, points: points,
        seed: seed, threads: threads.count
      ).report()
      try StandardOutput.write(json ? try JSON.page(report) : report.text)
      return
    }
    let files = (try points.read(first), try points.read(second))
    guard files.0.dimension == files.1.dimension else {
      throw DimensionError(
        first: first, dimension: files.0.dimension, second: second,
        otherDimension: files.1.dimension)
    }
    let pairs =
      try label.isEmpty
      ? [(nil, files.0, files.1)]
      : label.map { (Optional($0), try chosen(files.0, $0), try chosen(files.1, $0)) }
    let parts = try pairs.map { try part($0, $1, $2) }
    if json {
      try StandardOutput.write(
        JSON.page(Report(first: first, second: second, seed: seed, splits: splits, parts: parts)))
    } else {
      try StandardOutput.write(parts.map(text).joined(separator: "\n"))
    }
  }

  private func chosen(_ file: PointFile, _ label: Int) throws -> PointFile {
    guard let part = file.restricted(toLabel: label) else {
      throw LabelError(
        path: file.path, label: label, known: file.labels.map { Set($0).sorted() } ?? [])
    }
    return part
  }

  private func part(_ label: Int?, _ left: PointFile, _ right: PointFile) throws -> Part {
    var (kinds, refused): ([PointComparison.Kind], [MeasureError]) = ([], [])
    for kind in measure.isEmpty ? PointComparison.Kind.allCases : measure {
      if let refusal = PointComparison.refusal(of: kind, left: left.count, right: right.count) {
        if !measure.isEmpty { throw refusal }
        refused.append(refusal)
      } else {
        kinds.append(kind)
      }
    }
    func sample(_ file: PointFile) -> WeightedPoints {
      WeightedPoints(Points(file.points, dimension: file.dimension), weights: file.weights)
    }
    let comparison = try PointComparison(
      sample(left), sample(right), kinds: kinds, splits: splits, directions: directions,
      seed: seed)
    return Part(
      label: label, firstCount: left.count, secondCount: right.count, dimension: left.dimension,
      isWeighted: left.weights != nil || right.weights != nil, readings: comparison.readings,
      notMeasured: refused.map(\.description))
  }

  private func text(_ part: Part) -> String {
    let rows = part.readings.map { reading in
      let floor = Estimate(
        value: reading.floor.mean.value, standardError: reading.floor.standardDeviation,
        count: reading.floor.mean.count)
      return [
        reading.measure, "\(reading.value)", "\(floor)", String(format: "%.1f", reading.excess),
      ]
    }
    let heading = part.label.map { "class \($0): " } ?? ""
    let notes = part.notMeasured.map { "Left out: \($0).\n" }.joined()
    return """
      \(heading)\(part.firstCount) points of \(first), \(part.secondCount) of \(second)\
      \(part.isWeighted ? ", weighted" : ""), dimension \(part.dimension)

      \(textTable(["measure", "value", "floor", "deviations above"], rows))
      \(notes.isEmpty ? "" : "\n" + notes)
      """
  }
}

extension Measure {
  /// What is printed as JSON.
  private struct Report: Encodable {
    let first: String
    let second: String
    let seed: UInt64
    let splits: Int
    let parts: [Part]
  }

  /// One class, or all points.
  private struct Part: Encodable {
    let label: Int?
    let firstCount: Int
    let secondCount: Int
    let dimension: Int
    let isWeighted: Bool
    let readings: [MeasureReading]
    let notMeasured: [String]
  }
}

/// Points of two files that have no distance.
struct DimensionError: Error, Equatable, CustomStringConvertible {
  let first: String
  let dimension: Int
  let second: String
  let otherDimension: Int

  var description: String {
    "the points of \(first) have \(dimension) coordinates, those of \(second) \(otherDimension); "
      + "accepted are equal numbers (a column of labels or weights is told by --labels or --weights)"
  }
}

/// A class that a file does not have.
struct LabelError: Error, Equatable, CustomStringConvertible {
  let path: String
  let label: Int
  let known: [Int]

  var description: String {
    "\(path) has no point of class \(label); "
      + (known.isEmpty
        ? "it has no labels: name their column with --labels"
        : "accepted are \(known.map(String.init).joined(separator: ", "))")
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import Files
import Foundation

/// `toylab bench`
struct Bench: ParsableCommand {
  static let repetitionCounts = 1...1000
  static let leastPairs = 5

  static let configuration = CommandConfiguration(
    abstract: "Measure the engine: time per step, GFLOP/s and share of what the machine can do.",
    discussion: """
      Items, all in float32:
      \(itemList)
      Perceptrons have three hidden SiLU layers of the width in the name, or as many GELU layers as \
      DEPTHxWIDTH says; the batch is 2048 unless @BATCH follows, as in isd-96@256. Each item is warmed up; \
      a sample repeats the step for at least 100 ms. GFLOP/s counts matrix products, and the limit is that \
      of independent multiply-adds in registers, measured in the same run. The program's MiB are what it \
      holds beside its inputs and outputs.

      With --peer every item is also run by a JAX program, in alternation, as one compiled loop (scan) and \
      step by step, with convolutions step by step alone; a ratio above 1 says that toylab is faster. With --growth the iSD step is measured over \
      batches, widths, depths and ways to the tangent, time and memory.

      Examples:
        toylab bench --items isd-64,hvp-64 --threads 1
        toylab bench --json results.json
        toylab bench --peer --python peer/bin/python --threads 1,2
        toylab bench --growth
      """)

  @Option(
    help: ArgumentHelp(
      "Items to measure, separated by commas (default: all).", valueName: "names"))
  var items: String?

  @Option(
    help: ArgumentHelp(
      "Numbers of threads, separated by commas, each 1 to 1024 (default: 1 and the number of cores).",
      valueName: "counts"))
  var threads: String?

  @Option(
    parsing: .unconditional,
    help:
      "Samples of each measurement, 1 to \(repetitionCounts.upperBound); pairs are at least \(leastPairs)."
  )
  var repetitions = 7

  @Option(
    defaultAsFlag: "-",
    help: ArgumentHelp(
      "Write the results as JSON to this file, or instead of the table (default: -).",
      valueName: "file"))
  var json: String?

  @Flag(help: "Compare with Benchmarks/peers/jax_steps.py; needs a Python with JAX.")
  var peer = false

  @Option(help: ArgumentHelp("The Python of the peer.", valueName: "path"))
  var python = "python3"

  @Option(help: ArgumentHelp("The program of the peer.", valueName: "path"))
  var peerScript = "Benchmarks/peers/jax_steps.py"

  @Flag(help: "Print how time and memory grow, as Markdown.")
  var growth = false

  func validate() throws {
    guard Self.repetitionCounts.contains(repetitions) else {
      throw ValidationError(
        "--repetitions \(repetitions) cannot be used; accepted is a whole number from 1 to "
          + "\(Self.repetitionCounts.upperBound).")
    }
    if growth && (items != nil || json != nil || peer) {
      throw ValidationError("--growth has items of its own: leave --items, --json and --peer out.")
    }
    if peer && json != nil {
      throw ValidationError("--peer prints a table: leave --json out.")
    }
    _ = try threadCounts()
  }

  func run() throws {
    if growth {
      try printGrowth()
    } else if peer {
      try printComparison()
    } else {
      try printMeasurements()
    }
  }

  private func printMeasurements() throws {
    let benchmark = Benchmark(
      items: try selectedItems(), threads: try threadCounts(), repetitions: repetitions)
    if let json, json != "-" { try FileSystem.checkWritable(parentFolder(of: json)) }
    let progress = ProgressLine(
      label: "bench", total: benchmark.items.count * benchmark.threads.count)
    let report = try benchmark.run { progress.update(step: $0, metric: $1) }
    progress.finish()
    let text = report.json(peakMemory: Machine.peakMemory)
    if json == "-" {
      try StandardOutput.write(text)
      return
    }
    if let json {
      _ = try FileSystem.createFolders(parentFolder(of: json))
      try AtomicFile.write(Data(text.utf8), to: json)
    }
    try StandardOutput.write(
      report.machineLine + "\n\n" + markdownTable(BenchmarkReport.header, report.rows) + "\n")
  }

  private func printComparison() throws {
    let benchmark = Benchmark(
      items: try selectedItems(), threads: try threadCounts(),
      repetitions: max(repetitions, Self.leastPairs))
    let progress = ProgressLine(
      label: "bench",
      total: benchmark.threads.count
        * benchmark.items.reduce(0) { $0 + PeerForm.forms(of: $1).count })
    defer { progress.finish() }
    let (comparisons, library) = try benchmark.compare(python: python, script: peerScript) {
      progress.update(step: $0, metric: $1)
    }
    progress.finish()
    try StandardOutput.write(
      """
      Peer: \(library). Medians of \(benchmark.repetitions) alternating pairs; the ratio is the peer's \
      time over ours.

      \(markdownTable(PeerComparison.header, comparisons.map(\.row)))

      """)
  }

  private func printGrowth() throws {
    let study = GrowthStudy(threads: try threadCounts(), repetitions: repetitions)
    let progress = ProgressLine(label: "bench", total: study.pointCount)
    defer { progress.finish() }
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let text = try study.markdown(executable: path) { progress.update(step: $0, metric: $1) }
    progress.finish()
    try StandardOutput.write(text)
  }
}

// MARK: - Lists

extension Bench {
  /// The items named, in the order given.
  ///
  /// - Throws: ``UnknownBenchmarkError``.
  func selectedItems() throws(UnknownBenchmarkError) -> [BenchmarkItem] {
    guard let items else { return BenchmarkItem.standard }
    return try words(items).map { (word) throws(UnknownBenchmarkError) in
      try BenchmarkItem.named(word)
    }
  }

  /// The numbers of threads in the order given, each once.
  func threadCounts() throws -> [Int] {
    guard let threads else {
      let cores = ThreadOptions.processorCount
      return cores == 1 ? [1] : [1, cores]
    }
    var counts: [Int] = []
    for word in words(threads) {
      guard let count = Int(word), ThreadOptions.range.contains(count) else {
        throw ValidationError(
          "--threads \(threads) cannot be used; accepted are whole numbers from 1 to 1024, separated "
            + "by commas.")
      }
      if !counts.contains(count) { counts.append(count) }
    }
    return counts
  }

  private func words(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }
}

private let itemList = """
    isd-64 -128 -256 -512 -4x512   iSD step: batch, loss, gradient, Adam
    esd-64 -128 -256 -512 -4x512   the same for ESD
    hvp-64 -128 -256 -512 -4x512   Hessian-vector product of iSD
    tit-tiny                       iSD step of a transformer, batch 64 (also tit-b4)
    unet-tiny                      iSD step of a U-Net, batch 64
    tit-tiny-difference, unet-tiny-difference
                                   the same with the tangent by a central difference
    conv-14x64 -28x32              3x3 convolution of 14x14 pixels, 64 channels, with both gradients, batch 64
  """

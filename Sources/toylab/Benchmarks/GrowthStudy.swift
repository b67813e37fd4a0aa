// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Files
import FlowMaps
import Foundation
import Networks

/// How time and memory of the iSD step grow with batch, width, depth and threads, and what its tangent costs.
///
/// Each point is measured by a process of its own, because a process only knows the most memory it ever
/// held.
struct GrowthStudy: Sendable {
  /// Points that differ in one size.
  struct Series: Sendable {
    /// The heading of the table.
    let title: String
    /// What the points differ in, and its value at each.
    let variable: String
    let points: [(value: String, item: BenchmarkItem)]
  }

  /// The tables, in order.
  let series: [Series]
  let threads: [Int]
  /// Samples of each point.
  let repetitions: Int

  init(series: [Series] = GrowthStudy.standard, threads: [Int], repetitions: Int) {
    self.series = series
    self.threads = threads
    self.repetitions = repetitions
  }

  /// Batches from 256 to 65,536, widths from 64 to 512, depths from 2 to 6, and both tangents of the networks on images.
  static let standard: [Series] = [
    batches("Batch, width 64", width: 64),
    batches("Batch, width 512", width: 512),
    Series(
      title: "Width, batch 2048", variable: "width",
      points: [64, 128, 256, 512].map { width in
        (
          "\(width)",
          isd(BenchmarkItem.PerceptronSizes(width: width), batch: BenchmarkItem.defaultBatch)
        )
      }),
    Series(
      title: "Depth (GELU), width 64, batch 2048", variable: "depth",
      points: (2...6).map { depth in
        (
          "\(depth)",
          isd(
            BenchmarkItem.PerceptronSizes(width: 64, depth: depth, activation: .gelu),
            batch: BenchmarkItem.defaultBatch)
        )
      }),
    Series(
      title: "Exact tangent and difference, batch \(BenchmarkItem.imageBatch)", variable: "item",
      points: BenchmarkItem.Tangent.allCases.flatMap { tangent in
        [.transformer(.tiny, tangent), .unet(.tiny, tangent)].map { (work: BenchmarkItem.Work) in
          let item = BenchmarkItem(work: work, batch: BenchmarkItem.imageBatch)
          return (item.name, item)
        }
      }),
  ]

  private static func batches(_ title: String, width: Int) -> Series {
    Series(
      title: title, variable: "batch",
      points: [256, 1024, 4096, 16_384, 65_536].map { batch in
        ("\(batch)", isd(BenchmarkItem.PerceptronSizes(width: width), batch: batch))
      })
  }

  private static func isd(_ sizes: BenchmarkItem.PerceptronSizes, batch: Int) -> BenchmarkItem {
    BenchmarkItem(work: .training(.improvedSelfDistillation, sizes), batch: batch)
  }

  /// Points of all series for every number of threads.
  var pointCount: Int { threads.count * series.reduce(0) { $0 + $1.points.count } }

  /// The study as Markdown tables.
  ///
  /// - Parameters:
  ///   - executable: the program `toylab`.
  ///   - onPoint: called with the number of points measured and the name of the next.
  /// - Throws: ``GrowthError``.
  func markdown(
    executable: String, onPoint: (Int, String) -> Void = { _, _ in }
  ) throws -> String {
    var done = 0
    let tables = try series.map { series in
      let rows = try series.points.map { value, item in
        try threads.reduce(into: [value]) { cells, threads in
          onPoint(done, "\(item.name) on \(threads)")
          cells += try measured(item, threads: threads, executable: executable)
          done += 1
        }
      }
      let header = threads.flatMap { threads in
        let label = threads == 1 ? "1 thread" : "\(threads) threads"
        return ["ms, \(label)", "µs a row", "peak MiB"]
      }
      return "### \(series.title)\n\n" + markdownTable([series.variable] + header, rows)
    }
    return tables.joined(separator: "\n\n") + "\n"
  }

  /// Median time, time a row and peak memory of one point.
  private func measured(
    _ item: BenchmarkItem, threads: Int, executable: String
  ) throws -> [String] {
    let point = try ChildReport(
      executable: executable, item: item.name, threads: threads, repetitions: repetitions)
    return [
      millisecondText(point.median),
      String(format: "%.2f", 1e3 * point.median / Double(item.batch)),
      point.peakMemory.map { "\(($0 + 524_288) / 1_048_576)" } ?? "unknown",
    ]
  }
}

/// A point of a growth study that could not be measured.
struct GrowthError: Error, Equatable, CustomStringConvertible {
  let item: String
  let problem: String

  var description: String { "benchmark item \(item) in a process of its own: \(problem)" }
}

/// What `toylab bench --json` prints for one item.
private struct ChildReport: Decodable {
  struct Item: Decodable {
    let medianMs: Double
  }

  let peakMemoryBytes: Int?
  let items: [Item]

  init(executable: String, item: String, threads: Int, repetitions: Int) throws {
    func failure(_ problem: String) -> GrowthError { GrowthError(item: item, problem: problem) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = [
      "bench", "--items", item, "--threads", "\(threads)", "--repetitions", "\(repetitions)",
      "--json",
    ]
    process.standardOutput = output
    do { try process.run() } catch { throw failure("\(executable) cannot be started") }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw failure("it ended with status \(process.terminationStatus)")
    }
    guard let report = try? JSON.decode(Self.self, from: data), report.items.count == 1
    else { throw failure("its output is no report of one item") }
    self = report
  }

  var median: Double { items[0].medianMs }
  var peakMemory: Int? { peakMemoryBytes }
}

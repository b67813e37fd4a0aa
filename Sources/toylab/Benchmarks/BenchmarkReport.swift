// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation

/// What a benchmark run found: measurements of items on a machine.
struct BenchmarkReport: Sendable, Equatable {
  let machine: Machine
  let measurements: [BenchmarkMeasurement]

  init(machine: Machine, measurements: [BenchmarkMeasurement]) {
    self.machine = machine
    self.measurements = measurements
  }

  /// The columns of ``rows``.
  static let header = [
    "item", "threads", "median ms", "spread", "GFLOP/s", "share of FMA limit", "program MiB",
  ]

  /// One row of text for each measurement.
  var rows: [[String]] {
    measurements.map { measurement in
      [
        measurement.name, "\(measurement.threads)", millisecondText(measurement.median),
        percentText(measurement.spread), String(format: "%.1f", measurement.rate),
        percentText(measurement.share),
        String(format: "%.1f", Double(measurement.memory) / 1_048_576),
      ]
    }
  }

  /// The machine, and what its cores can do at most.
  var machineLine: String {
    let limits = measurements.map { ($0.threads, $0.limit) }
    let texts = Dictionary(limits) { first, _ in first }.sorted { $0.key < $1.key }
      .map { String(format: "%.0f GFLOP/s on %d thread%@", $1, $0, $0 == 1 ? "" : "s") }
    return
      "\(machine.processor), \(machine.cores) cores, \(machine.system), \(machine.instructionSet) kernels; "
      + "multiply-adds: " + texts.joined(separator: ", ")
  }

  /// `{machine, peakMemoryBytes, items: [{name, threads, medianMs, minMs, gflops, fmaShare, programBytes}]}`.
  ///
  /// - Parameter peakMemory: bytes this process has held at most.
  func json(peakMemory: Int?) -> String {
    let limits = Dictionary(measurements.map { ($0.threads, $0.limit) }) { first, _ in first }
      .sorted { $0.key < $1.key }.map { "\"\($0)\": \(JSON.number($1))" }
    let items = measurements.map { measurement in
      """
          {"name": \(jsonString(measurement.name)), "threads": \(measurement.threads), \
      "medianMs": \(JSON.number(measurement.median)), "minMs": \(JSON.number(measurement.minimum)), \
      "gflops": \(JSON.number(measurement.rate)), "fmaShare": \(JSON.number(measurement.share)), \
      "programBytes": \(measurement.memory)}
      """
    }
    return """
      {
        "machine": {"processor": \(jsonString(machine.processor)), "cores": \(machine.cores), \
      "system": \(jsonString(machine.system)), "instructionSet": \(jsonString(machine.instructionSet)), \
      "fmaGflops": {\(limits.joined(separator: ", "))}},
        "peakMemoryBytes": \(peakMemory.map { "\($0)" } ?? "null"),
        "items": [
      \(items.joined(separator: ",\n"))
        ]
      }

      """
  }
}

/// Milliseconds in three significant digits or more.
func millisecondText(_ value: Double) -> String {
  String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
}

func percentText(_ fraction: Double) -> String {
  String(format: abs(fraction) < 0.0995 ? "%.1f%%" : "%.0f%%", 100 * fraction)
}

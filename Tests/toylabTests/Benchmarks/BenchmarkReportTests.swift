// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import Foundation
import Testing

@testable import toylab

@Suite struct BenchmarkReportTests {
  private let machine = Machine(
    processor: "A \"fast\" one", cores: 2, system: "Linux", instructionSet: "avx512")

  @Test("the median, the least and the spread are those of the samples")
  func statistics() {
    let measurement = BenchmarkMeasurement(
      name: "isd-64", threads: 2, samples: [5, 1, 2, 4, 3], operations: 6e8, limit: 400,
      memory: 1024)
    #expect(measurement.median == 3 && measurement.minimum == 1)
    #expect(measurement.spread == 2.0 / 3)
    #expect(measurement.rate == 200 && measurement.share == 0.5)
    let even = BenchmarkMeasurement(
      name: "isd-64", threads: 1, samples: [4, 2], operations: 1, limit: 1, memory: 0)
    #expect(even.median == 3)
  }

  @Test("the JSON has a machine and an object for each item")
  func json() throws {
    struct Report: Decodable {
      struct Machine: Decodable {
        let processor: String
        let cores: Int
        let fmaGflops: [String: Double]
      }
      struct Item: Decodable, Equatable {
        let name: String
        let threads: Int
        let medianMs: Double
        let minMs: Double
        let gflops: Double
        let fmaShare: Double
        let programBytes: Int
      }
      let machine: Machine
      let peakMemoryBytes: Int?
      let items: [Item]
    }
    let report = BenchmarkReport(
      machine: machine,
      measurements: [
        BenchmarkMeasurement(
          name: "isd-64", threads: 1, samples: [2, 3, 4], operations: 6e8, limit: 250,
          memory: 1_572_864),
        BenchmarkMeasurement(
          name: "isd-64", threads: 2, samples: [1.5], operations: 6e8, limit: 500,
          memory: 2048),
      ])
    let text = report.json(peakMemory: 1024)
    let read = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
    #expect(read.machine.processor == "A \"fast\" one" && read.machine.cores == 2)
    #expect(read.machine.fmaGflops == ["1": 250, "2": 500])
    #expect(read.peakMemoryBytes == 1024)
    #expect(
      read.items == [
        Report.Item(
          name: "isd-64", threads: 1, medianMs: 3, minMs: 2, gflops: 200, fmaShare: 0.8,
          programBytes: 1_572_864),
        Report.Item(
          name: "isd-64", threads: 2, medianMs: 1.5, minMs: 1.5, gflops: 400, fmaShare: 0.8,
          programBytes: 2048),
      ])
    let unknown = try JSONDecoder().decode(
      Report.self, from: Data(report.json(peakMemory: nil).utf8))
    #expect(unknown.peakMemoryBytes == nil)
  }

  @Test("the table has a row for each measurement")
  func table() {
    let report = BenchmarkReport(
      machine: machine,
      measurements: [
        BenchmarkMeasurement(
          name: "isd-64", threads: 1, samples: [2, 3, 4], operations: 6e8, limit: 250,
          memory: 1_572_864)
      ])
    #expect(report.rows == [["isd-64", "1", "3.00", "33%", "200.0", "80%", "1.5"]])
    #expect(report.machineLine.hasSuffix("multiply-adds: 250 GFLOP/s on 1 thread"))
    #expect(
      markdownTable(["a", "b"], [["1", "2"]]) == "| a | b |\n| :-- | --: |\n| 1 | 2 |")
  }

  @Test("this machine names its processor, and multiply-adds have a rate")
  func current() {
    #expect(!Machine.current.processor.isEmpty && Machine.current.cores > 0)
    #expect(Machine.peakMemory ?? 0 > 1 << 20)
    #expect(FusedMultiplyAddLimit.measure(pool: WorkerPool(threads: 2)) > 0)
  }

  @Test("a small run measures every item for every number of threads")
  func run() throws {
    let items = try ["isd-8@16", "hvp-8@16"].map { try BenchmarkItem.named($0) }
    var names: [String] = []
    let report = try Benchmark(
      items: items, threads: [1, 2], repetitions: 2, sampleDuration: .milliseconds(1)
    ).run { names.append("\($0) \($1)") }
    #expect(report.measurements.map(\.name) == ["isd-8@16", "isd-8@16", "hvp-8@16", "hvp-8@16"])
    #expect(report.measurements.map(\.threads) == [1, 2, 1, 2])
    #expect(report.measurements.allSatisfy { $0.samples.count == 2 && $0.rate > 0 })
    #expect(
      names == ["0 isd-8@16 on 1", "1 isd-8@16 on 2", "2 hvp-8@16 on 1", "3 hvp-8@16 on 2"])
  }
}

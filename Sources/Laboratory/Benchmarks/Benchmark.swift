// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines

/// Measures items one after the other, each for every number of threads.
public struct Benchmark: Sendable {
  public let items: [BenchmarkItem]
  public let threads: [Int]
  /// Samples of each measurement.
  public let repetitions: Int
  /// The least duration of a sample.
  public let sampleDuration: Duration

  /// - Precondition: there is at least one repetition.
  public init(
    items: [BenchmarkItem], threads: [Int], repetitions: Int,
    sampleDuration: Duration = .milliseconds(100)
  ) {
    precondition(repetitions > 0, "a measurement has at least one sample, not \(repetitions)")
    self.items = items
    self.threads = threads
    self.repetitions = repetitions
    self.sampleDuration = sampleDuration
  }

  /// - Parameter onMeasurement: called with the number of measurements made and the name of the next.
  public func run(onMeasurement: (Int, String) -> Void = { _, _ in }) throws -> BenchmarkReport {
    var measurements: [BenchmarkMeasurement] = []
    let pools = threads.map { WorkerPool(threads: $0) }
    let limits = pools.map { FusedMultiplyAddLimit.measure(pool: $0) }
    for item in items {
      for (pool, limit) in zip(pools, limits) {
        onMeasurement(measurements.count, "\(item.name) on \(pool.threads)")
        measurements.append(try measure(item, pool: pool, limit: limit))
      }
    }
    return BenchmarkReport(machine: .current, measurements: measurements)
  }

  private func measure(
    _ item: BenchmarkItem, pool: WorkerPool, limit: Double
  ) throws -> BenchmarkMeasurement {
    let work = try item.makeWork(pool: pool)
    let timer = try BenchmarkTimer(work, sampleDuration: sampleDuration)
    return BenchmarkMeasurement(
      name: item.name, threads: pool.threads,
      samples: try (0..<repetitions).map { _ in try timer.sample() }, operations: work.operations,
      limit: limit)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines

/// Measures items one after the other, each for every number of threads.
struct Benchmark: Sendable {
  let items: [BenchmarkItem]
  let threads: [Int]
  /// Samples of each measurement.
  let repetitions: Int
  /// The least duration of a sample.
  let sampleDuration: Duration

  /// - Precondition: there is at least one repetition.
  init(
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
  func run(onMeasurement: (Int, String) -> Void = { _, _ in }) throws -> BenchmarkReport {
    let pools = threads.map { WorkerPool(threads: $0) }
    // On a shared virtual machine the rate of two threads was seen to fall to that of one for a while. So
    // the limit is the best of measurements spread over the run.
    var limits = pools.map { FusedMultiplyAddLimit.measure(pool: $0) }
    var timings:
      [(item: BenchmarkItem, pool: Int, samples: [Double], operations: Double, memory: Int)] = []
    for item in items {
      for (index, pool) in pools.enumerated() {
        onMeasurement(timings.count, "\(item.name) on \(pool.threads)")
        let work = try item.makeWork(pool: pool)
        let timer = try BenchmarkTimer(work, sampleDuration: sampleDuration)
        let samples = try (0..<repetitions).map { _ in try timer.sample() }
        timings.append((item, index, samples, work.operations, work.memory))
        limits[index] = max(limits[index], FusedMultiplyAddLimit.measure(pool: pool))
      }
    }
    return BenchmarkReport(
      machine: .current,
      measurements: timings.map { timing in
        BenchmarkMeasurement(
          name: timing.item.name, threads: threads[timing.pool], samples: timing.samples,
          operations: timing.operations, limit: limits[timing.pool], memory: timing.memory)
      })
  }
}

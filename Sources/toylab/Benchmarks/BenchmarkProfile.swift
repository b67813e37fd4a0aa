// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines

/// Where the time of a benchmark item goes.
struct BenchmarkProfile: Sendable {
  /// Instructions that do the same work, together.
  struct Line: Sendable {
    let summary: String
    let count: Int
    /// Milliseconds of a step, over all threads.
    let milliseconds: Double
    /// Of matrix products; 0 for everything else.
    let gflops: Double
  }

  let item: BenchmarkItem
  let threads: Int
  /// Milliseconds of a whole step: batch, program and update.
  let stepMilliseconds: Double
  /// Milliseconds of the compiled program alone.
  let programMilliseconds: Double
  /// The instructions in the order of execution.
  let instructions: [Line]

  /// Equal instructions added up, the slowest first.
  var lines: [Line] {
    Dictionary(grouping: instructions, by: \.summary).map { summary, lines in
      let time = lines.reduce(0) { $0 + $1.milliseconds }
      let work = lines.reduce(0) { $0 + $1.gflops * $1.milliseconds }
      return Line(
        summary: summary, count: lines.count, milliseconds: time,
        gflops: time > 0 ? work / time : 0)
    }
    .sorted { ($1.milliseconds, $0.summary) < ($0.milliseconds, $1.summary) }
  }

  /// Runs the item after a warm-up step.
  ///
  /// - Parameter repetitions: steps the times are means of.
  /// - Throws: ``NonFiniteError`` or `EngineError`.
  static func measure(
    _ item: BenchmarkItem, threads: Int, repetitions: Int
  ) throws -> BenchmarkProfile {
    let work = try item.makeWork(pool: WorkerPool(threads: threads))
    try work.step()
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<repetitions { try work.step() }
    let step = (clock.now - start).milliseconds / Double(repetitions)
    let profile = try work.profile(repetitions: repetitions)
    return BenchmarkProfile(
      item: item, threads: threads, stepMilliseconds: step,
      programMilliseconds: profile.elapsed.milliseconds,
      instructions: profile.entries.map { entry in
        let time = entry.time.milliseconds
        return Line(
          summary: entry.summary, count: 1, milliseconds: time,
          gflops: time > 0 ? entry.floatingPointOperations / time / 1e6 : 0)
      })
  }
}

extension Duration {
  fileprivate var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
  }
}

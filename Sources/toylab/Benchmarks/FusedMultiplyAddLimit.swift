// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CKernels
import Engines

/// What the cores can do at most, measured: independent single-precision multiply-adds in registers.
enum FusedMultiplyAddLimit {
  private static let repetitions = 8
  /// Several tasks a thread, so that one that wakes late does not count as idle for long.
  private static let tasksPerThread = 12
  private static let roundsPerTask: Int64 = 1_000_000

  /// GFLOP/s of all threads of a pool at once: the best of several repetitions of some tens of
  /// milliseconds.
  static func measure(pool: WorkerPool) -> Double {
    let tasks = tasksPerThread * pool.threads
    // A cache line each, so that threads do not share one.
    let results = Buffer<Float>(count: 16 * tasks)
    let operations = Buffer<Double>(count: 8 * tasks)
    let task = PoolTask { task, _ in
      operations[8 * task] = Double(
        toylab_fma_burst(roundsPerTask, results.elements(16 * task..<16 * (task + 1)).baseAddress))
    }
    let clock = ContinuousClock()
    return (0..<repetitions).reduce(0) { best, _ in
      let start = clock.now
      pool.run(task, tasks: tasks)
      let seconds = (clock.now - start) / .seconds(1)
      let total = (0..<tasks).reduce(0) { $0 + operations[8 * $1] }
      return max(best, total / seconds / 1e9)
    }
  }
}

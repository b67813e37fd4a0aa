// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Synchronization

/// Counts the steps of all runs for the progress line.
final class StepCounter: Sendable {
  private let count = Mutex(0)

  func increment() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

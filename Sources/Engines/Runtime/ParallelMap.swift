// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Synchronization

/// Runs independent experiments side by side, one a thread, and returns their results in order.
///
/// Small networks train faster this way than with several threads a step. Each experiment makes a pool of
/// its own with one thread. The first error, in the order of the items, is thrown when all have ended.
public func parallelMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], threads: Int, _ body: @escaping @Sendable (Item) throws -> Result
) throws -> [Result] {
  let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: items.count))
  WorkerPool(threads: max(1, min(threads, items.count))).run(tasks: items.count) { index, _ in
    let result = Swift.Result { try body(items[index]) }
    results.withLock { $0[index] = result }
  }
  return try results.withLock { try $0.compactMap { try $0?.get() } }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels

/// Worker threads that run the blocks of a program. The calling thread is one of them.
///
/// One pool serves any number of executables, one run at a time: runs on the same pool must not
/// overlap. Concurrent experiments each take a pool of their own.
public final class WorkerPool: @unchecked Sendable {
  /// The pool as the kernels take it.
  package let handle: OpaquePointer
  /// The threads that work, the calling one included: as many as were asked for, or fewer where the system refuses
  /// more. Results do not depend on it.
  public let threads: Int

  /// - Parameter threads: how many are asked for.
  /// - Precondition: `threads` is in `1...1024`.
  public init(threads: Int) {
    precondition((1...1024).contains(threads), "a pool has 1 to 1024 threads, not \(threads)")
    guard let handle = toylab_pool_create(Int32(threads)) else {
      fatalError("no memory for a pool of \(threads) threads")
    }
    self.handle = handle
    self.threads = Int(toylab_pool_threads(handle))
  }

  /// How many threads may be asked for without taking the last that the system has: as many as given, or half of those
  /// that it lets be started, since their stacks take the memory that the work needs.
  public static func obtainable(_ threads: Int) -> Int {
    let started = WorkerPool(threads: threads).threads
    return started == threads ? threads : max(1, started / 2)
  }

  deinit { toylab_pool_destroy(handle) }

  /// Runs `body(task, worker)` for every task; `worker` is below ``threads``. Which worker takes which
  /// task is not determined, so a body's result must depend on the task alone.
  public func run(tasks: Int, _ body: @escaping (_ task: Int, _ worker: Int) -> Void) {
    run(PoolTask(body), tasks: tasks)
  }

  /// Runs a task prepared beforehand; nothing is allocated and no reference counted.
  public func run(_ task: PoolTask, tasks: Int) {
    toylab_pool_run(
      handle, Int64(tasks),
      { context, task, worker in
        guard let context else { return }
        Unmanaged<PoolTask>.fromOpaque(context)._withUnsafeGuaranteedRef {
          $0.run(Int(task), Int(worker))
        }
      }, Unmanaged.passUnretained(task).toOpaque())
  }
}

/// A body for ``WorkerPool/run(_:tasks:)``, made once for many runs.
public final class PoolTask {
  fileprivate let run: (_ task: Int, _ worker: Int) -> Void

  public init(_ run: @escaping (_ task: Int, _ worker: Int) -> Void) { self.run = run }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CBLAS
internal import CKernels

/// Worker threads that run the blocks of a program. The calling thread is one of them.
///
/// One pool serves any number of executables, one run at a time: runs on the same pool must not
/// overlap. Concurrent experiments each take a pool of their own.
public final class WorkerPool: @unchecked Sendable {
  let handle: OpaquePointer
  public let threads: Int

  /// - Precondition: `threads` is in `1...1024`.
  public init(threads: Int) {
    precondition((1...1024).contains(threads), "a pool has 1 to 1024 threads, not \(threads)")
    // The pool owns the cores: the BLAS must not start threads of its own.
    toylab_blas_use_one_thread()
    guard let handle = toylab_pool_create(Int32(threads)) else {
      fatalError("the system refused to start \(threads) threads")
    }
    self.handle = handle
    self.threads = threads
  }

  deinit { toylab_pool_destroy(handle) }

  /// Runs `body(task, worker)` for every task; `worker` is below ``threads``. Which worker takes which
  /// task is not determined, so a body's result must depend on the task alone.
  public func run(tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var box = TaskBody(run: body)
      withUnsafeMutablePointer(to: &box) { pointer in
        toylab_pool_run(
          handle, Int64(tasks),
          { context, task, worker in
            context?.assumingMemoryBound(to: TaskBody.self).pointee.run(Int(task), Int(worker))
          }, pointer)
      }
    }
  }
}

private struct TaskBody {
  let run: (Int, Int) -> Void
}

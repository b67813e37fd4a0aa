// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// The CPU engine: an ``Executable`` for every program.
public struct NativeEngine: Engine {
  /// The threads that run the programs.
  public let pool: WorkerPool

  private let single: WorkerPool

  public init(pool: WorkerPool) {
    self.pool = pool
    single = pool.threads == 1 ? pool : WorkerPool(threads: 1)
  }

  public func compile<Scalar: EngineScalar>(
    _ type: Scalar.Type, rows: Int, trace: (Int) -> Program
  ) -> any CompiledProgram<Scalar> {
    Executable<Scalar>(rows: rows, pool: pool, trace: trace)
  }

  public var host: HostExecution? {
    HostExecution(pool: pool, serial: NativeEngine(pool: single))
  }
}

extension Executable: CompiledProgram {}

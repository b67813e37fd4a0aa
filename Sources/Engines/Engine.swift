// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// What compiles programs and runs them: the seam between the mathematics, which is programs, and a machine.
///
/// ``NativeEngine`` is the fast one; ``Interpreter`` spells programs out and needs nothing of it.
public protocol Engine: Sendable {
  /// Compiles a program for a batch of rows.
  ///
  /// - Parameters:
  ///   - type: the element type of its numbers.
  ///   - rows: rows of the batch, at least 1; 1 for a program without per-row inputs.
  ///   - trace: traces the program for a block of the given number of rows. An engine chooses the blocks and adds
  ///     or averages over them what a program declares as a sum or mean.
  func compile<Scalar: EngineScalar>(
    _ type: Scalar.Type, rows: Int, trace: (Int) -> Program
  ) -> any CompiledProgram<Scalar>

  /// How work beside programs is done where buffers are memory of the host: fused kernels may then change them in
  /// place. Nil for an engine whose buffers only programs should compute on.
  var host: HostExecution? { get }
}

/// Work on the host beside programs.
public struct HostExecution: Sendable {
  /// Threads that share it.
  public let pool: WorkerPool
  /// An engine whose programs each keep to the thread that runs them, and so may run side by side on the pool's.
  public let serial: any Engine

  public init(pool: WorkerPool, serial: any Engine) {
    self.pool = pool
    self.serial = serial
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A program that an ``Engine`` made ready for a batch: its inputs and outputs are bound to buffers once, then it runs
/// many times.
///
/// It runs on one thread of control at a time. An output that is a sum or mean is written when everything is read, so it
/// may be bound to the place of an input: that is how state is carried from run to run.
public protocol CompiledProgram<Scalar>: AnyObject {
  associatedtype Scalar: EngineScalar

  /// Rows of the batch.
  var rows: Int { get }

  /// Lets an input read `buffer` from element `offset` on. The buffer is kept alive.
  ///
  /// - Precondition: the input exists and the buffer holds enough elements.
  func bind(input name: String, to buffer: Buffer<Scalar>, offset: Int)

  /// Lets an output write `buffer` from element `offset` on. The buffer is kept alive.
  ///
  /// - Precondition: the output exists and the buffer holds enough elements.
  func bind(output name: String, to buffer: Buffer<Scalar>, offset: Int)

  /// The buffer an output is bound to, allocated if it is not bound yet.
  func output(_ name: String) -> Buffer<Scalar>

  /// Binds what is not bound yet: outputs to buffers of their own.
  ///
  /// - Precondition: every input is bound.
  func prepare()

  /// Computes every output from the bound inputs.
  ///
  /// - Throws: ``EngineError/indexOutOfRange``.
  func run() throws(EngineError)
}

extension CompiledProgram {
  /// Lets an input read `buffer` from its beginning.
  public func bind(input name: String, to buffer: Buffer<Scalar>) {
    bind(input: name, to: buffer, offset: 0)
  }

  /// Lets an output write `buffer` from its beginning.
  public func bind(output name: String, to buffer: Buffer<Scalar>) {
    bind(output: name, to: buffer, offset: 0)
  }
}

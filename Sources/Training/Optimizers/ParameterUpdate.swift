// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Networks

/// What moves a parameter vector along its gradient, with the state it keeps: the fused kernel of a rule, or its
/// program.
protocol ParameterUpdate<Scalar>: AnyObject {
  associatedtype Scalar: EngineScalar & OptimizerScalar

  /// Updates made so far.
  var stepCount: Int { get }

  /// Updates the parameters in place; allocates nothing.
  func step(rate: Double, gradientScale: Double)

  /// The state by name, as a checkpoint stores it; together with ``stepCount`` it is all of it.
  var vectors: [(name: String, values: [Scalar])] { get }

  /// Takes up a saved state; on failure the state is unchanged.
  ///
  /// - Throws: ``OptimizerError`` for a step count below zero, a missing vector or a wrong length.
  func restore(stepCount: Int, vectors: [String: [Scalar]]) throws(OptimizerError)
}

extension Optimizer {
  /// The update of a parameter vector: by the fused kernel where there is one and the host may compute on buffers,
  /// else by the program.
  ///
  /// - Parameters:
  ///   - parameters: the vector to update, in the layout.
  ///   - gradient: a vector of the same layout, read in each step.
  ///   - engine: what runs the program.
  func update<Scalar: EngineScalar & OptimizerScalar>(
    of parameters: Buffer<Scalar>, along gradient: Buffer<Scalar>, layout: ParameterLayout,
    decays: DecayedParameters, engine: any Engine
  ) -> any ParameterUpdate<Scalar> {
    if hasKernel, let host = engine.host {
      return FusedUpdate(
        OptimizerState(self, layout: layout, decays: decays), parameters: parameters,
        gradient: gradient, pool: host.pool)
    }
    return CompiledOptimizer(
      OptimizerProgram(self, parameters: layout, decays: decays), parameters: parameters,
      gradient: gradient, engine: engine)
  }
}

/// An ``OptimizerState`` and the vectors it works on.
final class FusedUpdate<Scalar: EngineScalar & OptimizerScalar>: ParameterUpdate {
  private var state: OptimizerState<Scalar>
  private let parameters: Buffer<Scalar>
  private let gradient: Buffer<Scalar>
  private let pool: WorkerPool

  init(
    _ state: OptimizerState<Scalar>, parameters: Buffer<Scalar>, gradient: Buffer<Scalar>,
    pool: WorkerPool
  ) {
    self.state = state
    self.parameters = parameters
    self.gradient = gradient
    self.pool = pool
  }

  var stepCount: Int { state.stepCount }

  func step(rate: Double, gradientScale: Double) {
    state.step(
      parameters: parameters, gradient: gradient, rate: rate, gradientScale: gradientScale,
      pool: pool)
  }

  var vectors: [(name: String, values: [Scalar])] { state.vectors }

  func restore(stepCount: Int, vectors: [String: [Scalar]]) throws(OptimizerError) {
    try state.restore(stepCount: stepCount, vectors: vectors)
  }
}

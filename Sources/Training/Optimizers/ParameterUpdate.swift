// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Networks

/// What moves a parameter vector along its gradient: the fused kernel of a rule that has one, else its program.
final class ParameterUpdate<Scalar: EngineScalar & OptimizerScalar> {
  private let parameters: Buffer<Scalar>
  private let gradient: Buffer<Scalar>
  private let pool: WorkerPool
  private var kernel: OptimizerState<Scalar>?
  private let compiled: CompiledOptimizer<Scalar>?

  /// - Parameters:
  ///   - parameters: the vector to update, in the layout.
  ///   - gradient: a vector of the same layout, read in each step.
  init(
    _ optimizer: Optimizer, decays: DecayedParameters, layout: ParameterLayout,
    parameters: Buffer<Scalar>, gradient: Buffer<Scalar>, pool: WorkerPool
  ) {
    self.parameters = parameters
    self.gradient = gradient
    self.pool = pool
    kernel =
      optimizer.hasKernel ? OptimizerState(optimizer, layout: layout, decays: decays) : nil
    compiled =
      optimizer.hasKernel
      ? nil
      : CompiledOptimizer(
        OptimizerProgram(optimizer, parameters: layout, decays: decays), parameters: parameters,
        gradient: gradient, pool: pool)
  }

  /// Updates the parameters in place; allocates nothing.
  func step(rate: Double, gradientScale: Double = 1) {
    compiled?.step(rate: rate, gradientScale: gradientScale)
    kernel?.step(
      parameters: parameters.elements, gradient: UnsafeBufferPointer(gradient.elements),
      rate: rate, gradientScale: gradientScale, pool: pool)
  }

  /// Updates made so far.
  var stepCount: Int { kernel?.stepCount ?? compiled?.stepCount ?? 0 }

  /// The state by name, as a checkpoint stores it; together with ``stepCount`` it is all of it.
  var vectors: [(name: String, values: [Scalar])] { kernel?.vectors ?? compiled?.vectors ?? [] }

  /// Takes up a saved state; on failure the state is unchanged.
  ///
  /// - Throws: ``OptimizerError`` for a step count below zero, a missing vector or a wrong length.
  func restore(stepCount: Int, vectors: [String: [Scalar]]) throws(OptimizerError) {
    try kernel?.restore(stepCount: stepCount, vectors: vectors)
    try compiled?.restore(stepCount: stepCount, vectors: vectors)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import GroundTruth
public import Training

/// The parameters of one training run after given numbers of steps, in double precision.
///
/// - Parameters:
///   - stages: numbers of steps in increasing order; 0 is the network before training.
/// - Throws: `NonFiniteError` if the run does not survive to the last stage.
public func trainingStages(
  _ configuration: TrainingConfiguration, target: GaussianMixture, stages: [Int], pool: WorkerPool
) throws -> [[Double]] {
  precondition(!stages.isEmpty && stages == stages.sorted(), "stages \(stages) do not increase")
  let trainer = Trainer<Double>(configuration, source: target, pool: pool)
  return try stages.map { stage in
    while trainer.step < stage { try trainer.advance() }
    return trainer.parameters.values
  }
}

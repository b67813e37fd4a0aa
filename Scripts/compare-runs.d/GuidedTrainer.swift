// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import GroundTruth
import Laboratory
import Networks

/// Guided class-conditional training as it was up to edb47f4: by a trainer of its own, on a conditional
/// perceptron. `compare-runs` takes this file where a checkout has `GuidedTrainer`.
func recordGuided() throws {
  let configuration = GuidedTrainingConfiguration(
    training: TrainingConfiguration(
      interpolant: .trigonometric, network: MultilayerPerceptron(width: 48, depth: 3),
      loss: TrainingLoss(objective: .improvedSelfDistillation),
      schedule: .linearDecay(from: 2e-3), batch: 256, steps: 30, seed: 5),
    guidance: Guidance(scale: 1.5, labelDropout: 0.2))
  try configuration.validate()
  let trainer = GuidedTrainer<Float>(
    configuration, target: try MixturePreset.four.mixture(), pool: WorkerPool(threads: 2))
  for _ in 0..<configuration.training.steps { Recorder.print(try trainer.advance()) }
  Recorder.print("parameters", trainer.parameters)
}

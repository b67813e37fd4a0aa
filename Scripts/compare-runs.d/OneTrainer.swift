// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import GroundTruth
import Networks

// The trainer had another room before.
#if canImport(Training)
  import Training
#else
  import Laboratory
#endif

/// Guided class-conditional training by the one trainer: the network has classes and the loss its guidance.
/// The settings are those of `GuidedTrainer.swift`, number by number.
func recordGuided() throws {
  let source = try MixturePreset.four.mixture()
  let configuration = TrainingConfiguration(
    interpolant: .trigonometric,
    network: MultilayerPerceptron(width: 48, depth: 3, classCount: source.labels.count),
    loss: TrainingLoss(
      objective: .improvedSelfDistillation, guidance: Guidance(scale: 1.5, labelDropout: 0.2)),
    schedule: .linearDecay(from: 2e-3), batch: 256, steps: 30, seed: 5)
  try configuration.validate()
  let trainer = Trainer<Float>(configuration, source: source, pool: WorkerPool(threads: 2))
  for _ in 0..<configuration.steps { Recorder.print(try trainer.advance()) }
  Recorder.print("parameters", trainer.parameters)
}

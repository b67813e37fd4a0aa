// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import GroundTruth
import Interpolants
import Networks
import Probing
import Testing
import Training

@Suite struct LossProbeTests {
  @Test(
    "loss and gradient are the trainer's, bit for bit",
    arguments: [Objective.improvedSelfDistillation, .directFull, .eulerianSemi])
  func trainer(objective: Objective) throws {
    try compare(TrainingLoss(objective: objective), as: Float.self)
    try compare(TrainingLoss(objective: objective), as: Double.self)
  }

  @Test("also where objectives share the rows of a block")
  func sharing() throws {
    try compare(
      TrainingLoss(
        objective: .lagrangianSelfDistillation, sharing: .diagonalFraction(0.75),
        weighting: .adaptive()), as: Float.self)
  }

  private func compare<Scalar: TrainingScalar>(
    _ loss: TrainingLoss, as type: Scalar.Type
  ) throws {
    let configuration = TrainingConfiguration(
      network: MultilayerPerceptron(width: 16, depth: 2), loss: loss, batch: 700, steps: 100,
      seed: 3)
    let target = try MixturePreset.four.mixture()
    let trainer = Trainer<Scalar>(configuration, source: target, pool: WorkerPool(threads: 2))
    for _ in 0..<4 { try trainer.advance() }
    let probe = LossProbe<Scalar>(
      configuration, source: target, batch: ProbeBatch(rows: 700, seed: 3, step: 4),
      pool: WorkerPool(threads: 1))
    probe.parameters = trainer.parameters.values
    let report = try trainer.computeGradient()
    let (value, gradient) = try probe.lossAndGradient()
    #expect(value == report.loss)
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(norm - report.gradientNorm) < 1e-6 * norm)
    #expect(abs(try probe.loss() - value) <= 1e-6 * value)
    let other = LossProbe<Scalar>(
      configuration, source: target, batch: ProbeBatch(rows: 700, seed: 4, step: 4),
      pool: WorkerPool(threads: 1))
    other.parameters = trainer.parameters.values
    #expect(try other.loss() != value)
  }
}

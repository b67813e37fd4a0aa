// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Files
import FlowMaps
import GroundTruth
import Interpolants
import Networks
import TestSupport
import Testing
import Training

@Suite struct TrainerTests {
  private func configuration(
    _ objective: Objective = .improvedSelfDistillation, interpolant: InterpolantKind = .linear,
    steps: Int = 12, rate: Double = 2e-3
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      interpolant: interpolant, network: MultilayerPerceptron(width: 16, depth: 2),
      loss: TrainingLoss(objective: objective), schedule: .linearDecay(from: rate),
      averageDecays: [0.9], batch: 1100, steps: steps)
  }

  private func train<Scalar: TrainingScalar>(
    _ configuration: TrainingConfiguration, threads: Int, as type: Scalar.Type
  ) throws -> ([StepReport], [Double]) {
    let target = try MixturePreset.four.mixture()
    let trainer = Trainer<Scalar>(
      configuration, source: target, pool: WorkerPool(threads: threads))
    var reports: [StepReport] = []
    for _ in 0..<configuration.steps { reports.append(try trainer.advance()) }
    return (reports, trainer.parameters.values)
  }

  @Test(
    "training is bit-identical for 1, 2 and 3 threads",
    arguments: [Objective.improvedSelfDistillation, .directFull, .eulerianFull])
  func threads(objective: Objective) throws {
    let single = try train(configuration(objective), threads: 1, as: Float.self)
    for threads in [2, 3] {
      let other = try train(configuration(objective), threads: threads, as: Float.self)
      #expect(other == single)
    }
  }

  @Test("Float follows Double")
  func precisions() throws {
    let single = try train(configuration(), threads: 2, as: Float.self)
    let double = try train(configuration(), threads: 2, as: Double.self)
    for (a, b) in zip(single.0, double.0) { #expect(abs(a.loss - b.loss) < 1e-4) }
  }

  @Test(
    "every objective makes steps that stay finite, with both interpolants",
    arguments: Objective.allCases, InterpolantKind.allCases)
  func everyObjective(objective: Objective, kind: InterpolantKind) throws {
    let configuration = configuration(objective, interpolant: kind)
    guard (try? configuration.validate()) != nil else {
      #expect(objective.needsLinearInterpolant && kind != .linear)
      return
    }
    let (reports, parameters) = try train(configuration, threads: 1, as: Float.self)
    #expect(reports.allSatisfy { $0.gradientNorm > 0 && $0.lossVariance > 0 })
    #expect(parameters.allSatisfy { $0.isFinite })
  }

  @Test("a checkpoint continues to the same bits")
  func resume() throws {
    let target = try MixturePreset.four.mixture()
    let pool = WorkerPool(threads: 1)
    let whole = Trainer<Float>(configuration(), source: target, pool: pool)
    for _ in 0..<12 { try whole.advance() }
    let first = Trainer<Float>(configuration(), source: target, pool: pool)
    for _ in 0..<5 { try first.advance() }
    try withTemporaryFolder { folder in
      let path = "\(folder)/checkpoint.safetensors"
      try first.checkpoint().write(to: path)
      let second = Trainer<Float>(configuration(), source: target, pool: pool)
      try second.restore(from: path)
      for _ in 5..<12 { try second.advance() }
      #expect(second.parameters.values == whole.parameters.values)
      #expect(second.checkpoint() == whole.checkpoint())
    }
  }

  @Test(
    "Muon and NorMuon train through the same trainer, the same for 1, 2 and 3 threads and resumed",
    arguments: [Optimizer.muon(), .norMuon])
  func muon(optimizer: Optimizer) throws {
    var configuration = configuration(steps: 40, rate: 1e-2)
    configuration.optimizer = optimizer
    configuration.decays = .matrices
    configuration.loss = TrainingLoss(
      objective: .improvedSelfDistillation, weighting: .learnedOverTimes())
    try configuration.validate()
    let source = try MixturePreset.four.mixture()
    func trainer(threads: Int) -> Trainer<Float> {
      Trainer(configuration, source: source, pool: WorkerPool(threads: threads))
    }
    let whole = trainer(threads: 1)
    var losses: [Double] = []
    for _ in 0..<40 { losses.append(try whole.advance().loss) }
    #expect(losses[30...].reduce(0, +) < 0.9 * losses[..<10].reduce(0, +))
    for threads in [2, 3] {
      let first = trainer(threads: threads)
      for _ in 0..<5 { try first.advance() }
      try withTemporaryFolder { folder in
        let path = "\(folder)/checkpoint.safetensors"
        try first.checkpoint().write(to: path)
        let second = trainer(threads: 4 - threads)
        try second.restore(from: path)
        for step in 5..<40 { #expect(try second.advance().loss == losses[step]) }
        #expect(second.checkpoint() == whole.checkpoint())
      }
    }
  }

  private static let consistencyLosses = [
    TrainingLoss(
      objective: .consistencyDistillation, weighting: .inverseStep,
      teacher: .average(decay: 0.8)),
    TrainingLoss(
      objective: .consistencyTraining, weighting: .learned(), discretization: .doubling(),
      teacher: .average(decay: 0.9)),
    TrainingLoss(objective: .consistencyTraining, discretization: .shrinking()),
    TrainingLoss(objective: .stabilizedConsistency, weighting: .learned()),
  ]

  @Test(
    "consistency training continues from a checkpoint to the same bits, averages and weights included",
    arguments: consistencyLosses)
  func resumeConsistency(loss: TrainingLoss) throws {
    var configuration = configuration()
    configuration.loss = loss
    configuration.times = .logNormal()
    try configuration.validate()
    let target = try MixturePreset.four.mixture()
    let pool = WorkerPool(threads: 1)
    let whole = Trainer<Float>(configuration, source: target, pool: pool)
    for _ in 0..<12 { try whole.advance() }
    let first = Trainer<Float>(configuration, source: target, pool: pool)
    for _ in 0..<5 { try first.advance() }
    try withTemporaryFolder { folder in
      let path = "\(folder)/checkpoint.safetensors"
      try first.checkpoint().write(to: path)
      let second = Trainer<Float>(configuration, source: target, pool: pool)
      try second.restore(from: path)
      for _ in 5..<12 { try second.advance() }
      #expect(second.parameters.values == whole.parameters.values)
      #expect(second.checkpoint() == whole.checkpoint())
    }
  }

  @Test("an averaged target of decay 0 is the online network; another decay trains differently")
  func averagedTarget() throws {
    func parameters(_ teacher: Teacher) throws -> [Double] {
      var configuration = configuration()
      configuration.loss = TrainingLoss(objective: .consistencyTraining, teacher: teacher)
      return try train(configuration, threads: 1, as: Float.self).1
    }
    let online = try parameters(.online)
    #expect(try parameters(.average(decay: 0)) == online)
    #expect(try parameters(.average(decay: 0.9)) != online)
  }

  @Test("a number that is not finite stops the run and is named; the parameters are kept")
  func nonFinite() throws {
    let target = try MixturePreset.four.mixture()
    let trainer = Trainer<Float>(
      configuration(steps: 50, rate: 1e12), source: target, pool: WorkerPool(threads: 1))
    let error = #expect(throws: NonFiniteError.self) {
      for _ in 0..<50 { try trainer.advance() }
    }
    #expect(error?.step == trainer.step + 1)
    #expect(error?.objective == "improvedSelfDistillation")
    #expect(error?.value.isFinite == false)
    #expect(trainer.parameters.values.allSatisfy { $0.isFinite })
  }
}

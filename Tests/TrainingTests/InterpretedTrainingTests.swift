// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Files
import FlowMaps
import GroundTruth
import Networks
import TestSupport
import Testing
import Training

/// The ordinary trainer on another engine: everything it computes beside the batch is a program there, the optimiser's
/// step too.
@Suite struct InterpretedTrainingTests {
  private func configuration(_ optimizer: Optimizer) throws -> TrainingConfiguration {
    let configuration = TrainingConfiguration(
      network: MultilayerPerceptron(width: 5, depth: 1),
      loss: TrainingLoss(
        objective: .improvedSelfDistillation, weighting: .learnedOverTimes(terms: 2)),
      optimizer: optimizer, schedule: .constant(1e-2),
      clipping: GradientClipping(maximumNorm: 0.5), averageDecays: [0.9], batch: 7, steps: 8,
      decays: optimizer.weightDecay == nil ? .all : .matrices)
    try configuration.validate()
    return configuration
  }

  private func trainer<Scalar: TrainingScalar>(
    _ optimizer: Optimizer, _ engine: any Engine, as type: Scalar.Type
  ) throws -> Trainer<Scalar> {
    Trainer(
      try configuration(optimizer), source: try MixturePreset.four.mixture(), engine: engine)
  }

  private func difference(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
  }

  private let native = NativeEngine(pool: WorkerPool(threads: 2))

  @Test(
    "a training on the interpreter is the native one to rounding", arguments: Optimizer.defaults)
  func agrees(optimizer: Optimizer) throws {
    let fast = try trainer(optimizer, native, as: Double.self)
    let spelt = try trainer(optimizer, Interpreter(), as: Double.self)
    let start = fast.parameters.values
    for _ in 0..<8 {
      let (one, other) = (try fast.advance(), try spelt.advance())
      #expect(abs(one.loss - other.loss) < 1e-11)
      #expect(abs(one.gradientNorm - other.gradientNorm) < 1e-11 * one.gradientNorm)
    }
    #expect(difference(spelt.parameters.values, fast.parameters.values) < 1e-11)
    #expect(difference(fast.parameters.values, start) > 1e-3)
    let averages = try [fast, spelt].map {
      try #require($0.averagedParameters(decay: 0.9)).values
    }
    #expect(difference(averages[0], averages[1]) < 1e-11)
  }

  @Test("in single precision, too", arguments: [Optimizer.adam(), .norMuon])
  func singlePrecision(optimizer: Optimizer) throws {
    let fast = try trainer(optimizer, native, as: Float.self)
    let spelt = try trainer(optimizer, Interpreter(), as: Float.self)
    for _ in 0..<4 {
      #expect(abs(try fast.advance().loss - spelt.advance().loss) < 1e-4)
    }
    #expect(difference(spelt.parameters.values, fast.parameters.values) < 1e-4)
  }

  @Test("a checkpoint of one engine is taken up by another", arguments: Optimizer.defaults)
  func checkpoint(optimizer: Optimizer) throws {
    let first = try trainer(optimizer, Interpreter(), as: Double.self)
    for _ in 0..<3 { try first.advance() }
    try withTemporaryFolder { folder in
      let path = "\(folder)/checkpoint.safetensors"
      try first.checkpoint().write(to: path)
      let second = try trainer(optimizer, native, as: Double.self)
      try second.restore(from: path)
      #expect(second.checkpoint() == first.checkpoint())
      for _ in 3..<6 { #expect(abs(try first.advance().loss - second.advance().loss) < 1e-11) }
    }
  }
}

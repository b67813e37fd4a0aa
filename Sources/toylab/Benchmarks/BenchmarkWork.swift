// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import FlowMaps
import GroundTruth
import Interpolants
import Networks
import RandomStreams
import Tensors
import Training

/// A benchmark item made ready to run.
protocol BenchmarkWork: AnyObject {
  /// Multiplications and additions in the matrix products of a step.
  var operations: Double { get }

  /// Makes one step.
  ///
  /// - Returns: the loss (0 for an item without one).
  /// - Throws: ``NonFiniteError`` or `EngineError`.
  @discardableResult
  func step() throws -> Double

  /// Runs the compiled program of a step on its last batch and adds up what each instruction took.
  ///
  /// - Throws: `EngineError`.
  func profile(repetitions: Int) throws -> ExecutionProfile

  /// The optimised program of a block.
  var program: Program { get }

  /// Bytes the compiled program holds beside its inputs and outputs.
  var memory: Int { get }
}

extension BenchmarkItem {
  /// Compiles the item.
  func makeWork(pool: WorkerPool) throws -> any BenchmarkWork {
    switch work {
    case .training(let objective, let sizes):
      return TrainingBenchmark(
        configuration(objective, sizes.network), source: try MixturePreset.four.mixture(),
        pool: pool)
    case .hessianProduct(let sizes):
      return HessianProductBenchmark(
        sizes.network, source: try MixturePreset.four.mixture(), batch: batch, pool: pool)
    case .transformer(let sizes, let tangent):
      return try imageTraining(FlowMapTransformer(sizes.configuration), tangent, pool: pool)
    case .unet(let sizes, let tangent):
      return try imageTraining(UNet(sizes.configuration), tangent, pool: pool)
    case .convolution(let sizes):
      return ConvolutionBenchmark(sizes, batch: batch, pool: pool)
    }
  }

  /// An iSD step on images of noise.
  private func imageTraining(
    _ network: some TrainableNetwork, _ tangent: Tangent, pool: WorkerPool
  ) throws -> TrainingBenchmark {
    TrainingBenchmark(
      configuration(.improvedSelfDistillation, network, tangent),
      source: try Self.noiseImages(network), pool: pool)
  }

  private func configuration(
    _ objective: Objective, _ network: some TrainableNetwork, _ tangent: Tangent = .exact
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      interpolant: .linear, network: network,
      loss: TrainingLoss(objective: objective, tangent: tangent.method),
      times: .uniformTriangle, optimizer: .adam(), schedule: .benchmark, batch: batch)
  }

  /// Images of normal numbers.
  static func noiseImages(_ network: some Network) throws -> FinitePoints {
    try FinitePoints(
      name: "noise images",
      points: RandomStream(seed: 0, purpose: .benchmarkData).normals(
        rows: 1024, draws: network.dimension), shape: [network.dimension])
  }
}

extension LearningRateSchedule {
  /// The constant rate of every benchmark item.
  static let benchmark = LearningRateSchedule(peak: 2e-3, decay: .constant)
}

/// A step of the lab's own trainer.
private final class TrainingBenchmark: BenchmarkWork {
  private let trainer: Trainer<Float>
  private let executable: Executable<Float>

  init(_ configuration: TrainingConfiguration, source: any DataSource, pool: WorkerPool) {
    trainer = Trainer(configuration, source: source, pool: pool)
    guard let executable = trainer.executable as? Executable<Float> else {
      preconditionFailure("what is measured is the native engine")
    }
    self.executable = executable
  }

  var operations: Double { executable.matrixProductOperations }

  var program: Program { executable.program }

  var memory: Int { executable.workingMemory }

  func step() throws -> Double { try trainer.advance().loss }

  func profile(repetitions: Int) throws -> ExecutionProfile {
    try executable.profile(repetitions: repetitions)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import GroundTruth
import Networks
import RandomStreams
import Tensors
import Training

/// The default training step, compiled after any pass, and the numbers it is given.
struct CompiledStep<Scalar: TrainingScalar> {
  let configuration: TrainingConfiguration
  let network = MultilayerPerceptron()
  private let source: GaussianMixture
  private let sampler: BatchSampler<Scalar>
  private let parameters: Buffer<Scalar>

  init(_ source: GaussianMixture, seed: UInt64) {
    configuration = TrainingConfiguration(network: network, seed: seed)
    self.source = source
    sampler = BatchSampler(
      configuration, source: source, rows: configuration.batch, seed: seed,
      pool: WorkerPool(threads: 1))
    sampler.draw(step: 0)
    parameters = Buffer(
      network.initialParameters(RandomStream(seed: seed, purpose: .initialParameters)))
  }

  func trace(_ rows: Int) -> Program {
    LossTrace(configuration, source: source, rows: rows).trainingStep
  }

  func compiled(upTo pass: CompilationPass, threads: Int) -> Executable<Scalar> {
    let executable = Executable<Scalar>(
      rows: configuration.batch, pool: WorkerPool(threads: threads), passes: pass, trace: trace)
    sampler.bind(to: executable)
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    executable.prepare()
    return executable
  }

  /// Runs the program and reads the gradient.
  func gradient(of executable: Executable<Scalar>) throws -> [Double] {
    try executable.run()
    return network.layout.entries.flatMap { executable.output("gradient/\($0.name)").values }
  }
}

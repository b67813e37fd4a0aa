// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import GroundTruth
import Networks
import RandomStreams
import Tensors
import Training

/// The directional derivative of the iSD gradient along a fixed direction, on a fixed batch.
final class HessianProductBenchmark: BenchmarkWork {
  private let executable: Executable<Float>

  init(_ network: MultilayerPerceptron, source: GaussianMixture, batch: Int, pool: WorkerPool) {
    let configuration = TrainingConfiguration(
      network: network, loss: TrainingLoss(objective: .improvedSelfDistillation),
      times: .uniformTriangle)
    let layout = network.layout
    executable = Executable(rows: batch, pool: pool) { rows in
      LossTrace(configuration, source: source, rows: rows).product(.hessian, isTransposed: false)
    }
    let sampler = BatchSampler<Float>(
      configuration, source: source, rows: batch, seed: 0, pool: pool)
    sampler.draw(step: 0)
    sampler.bind(to: executable)
    func stream(_ purpose: StreamPurpose) -> RandomStream {
      RandomStream(seed: 0, purpose: purpose)
    }
    executable.bind(
      inputs: layout, prefix: "parameters",
      to: Buffer(network.initialParameters(stream(.initialParameters))))
    executable.bind(
      inputs: layout, prefix: "direction",
      to: Buffer(stream(.benchmarkDirection).normals(rows: layout.count, draws: 1)))
    executable.bind(outputs: layout, prefix: "product", to: Buffer(count: layout.count))
    executable.prepare()
  }

  var operations: Double { executable.matrixProductOperations }

  var program: Program { executable.program }

  var memory: Int { executable.workingMemory }

  func profile(repetitions: Int) throws -> ExecutionProfile {
    try executable.profile(repetitions: repetitions)
  }

  func step() throws -> Double {
    try executable.run()
    return 0
  }
}

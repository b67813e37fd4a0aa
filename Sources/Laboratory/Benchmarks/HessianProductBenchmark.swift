// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// The directional derivative of the iSD gradient along a fixed direction, on a fixed batch.
final class HessianProductBenchmark: BenchmarkWork {
  private let executable: Executable<Float>

  init(_ network: MultilayerPerceptron, target: GaussianMixture, batch: Int, pool: WorkerPool) {
    let interpolant = LinearInterpolant()
    let layout = network.layout
    executable = Executable(rows: batch, pool: pool) { rows in
      let parameters = layout.tensors()
      let direction = layout.tensors(prefix: "direction")
      let sample = TrainingSample.inputs(
        rows: rows, dimension: network.dimension, interpolant: interpolant)
      let context = ObjectiveContext(
        flowMap: FlowMap(interpolant: interpolant, network: network, parameters: parameters),
        sample: sample)
      let loss = mean(
        TrainingLoss(objective: .improvedSelfDistillation).perSample(context))
      let gradients = gradient(of: loss, withRespectTo: parameters.tensors)
      let product = derivative(of: gradients, along: zip(parameters.tensors, direction.tensors))
      return Program(
        rows: rows, inputs: sample.declarations + parameters.inputs + direction.inputs,
        outputs: parameters.outputs(product, role: .mean, prefix: "product"))
    }
    let sampler = BatchSampler<Float>(
      source: target, times: .uniformTriangle, interpolant: .linear, rows: batch, seed: 0,
      pool: pool)
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

  func profile(repetitions: Int) throws -> ExecutionProfile {
    try executable.profile(repetitions: repetitions)
  }

  func step() throws -> Double {
    try executable.run()
    return 0
  }
}

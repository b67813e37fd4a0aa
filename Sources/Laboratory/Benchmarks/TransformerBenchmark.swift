// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// An iSD step of a transformer: images of normal numbers as data, noise and times drawn anew each step,
/// loss and gradient, Adam.
final class TransformerBenchmark: BenchmarkWork {
  private let executable: Executable<Float>
  private let parameters: Buffer<Float>
  private let gradient: Buffer<Float>
  private let loss: Buffer<Float>
  private let draw: PoolTask
  private let drawnStep = Buffer<Double>(count: 1)
  private let batch: Int
  private let pool: WorkerPool
  private var optimizerState: OptimizerState<Float>
  private var stepCount = 0

  /// Rows drawn by one task of the pool.
  private static let chunkRows = 8

  init(_ configuration: TransformerConfiguration, batch: Int, pool: WorkerPool) {
    let network = FlowMapTransformer(configuration)
    let interpolant = LinearInterpolant()
    let layout = network.layout
    executable = Executable(rows: batch, pool: pool) { rows in
      transformerProgram(network, interpolant: interpolant, rows: rows)
    }
    parameters = Buffer(
      network.initialParameters(RandomStream(seed: 0, purpose: .initialParameters)))
    gradient = Buffer(count: layout.count)
    executable.bind(inputs: layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: layout, prefix: "gradient", to: gradient)
    loss = executable.output("loss")
    draw = drawing(
      batch, dimension: network.dimension, to: executable, step: drawnStep,
      chunkRows: Self.chunkRows)
    executable.prepare()
    optimizerState = OptimizerState(.adam(), count: layout.count)
    self.batch = batch
    self.pool = pool
  }

  var operations: Double { executable.matrixProductOperations }

  var program: Program { executable.program }

  func profile(repetitions: Int) throws -> ExecutionProfile {
    try executable.profile(repetitions: repetitions)
  }

  func step() throws -> Double {
    drawnStep[0] = Double(stepCount)
    pool.run(draw, tasks: (batch + Self.chunkRows - 1) / Self.chunkRows)
    try executable.run()
    optimizerState.step(
      parameters: parameters.elements, gradient: UnsafeBufferPointer(gradient.elements),
      rate: LearningRateSchedule.benchmark.peak)
    stepCount += 1
    return Double(loss[0])
  }
}

private func transformerProgram(
  _ network: FlowMapTransformer, interpolant: LinearInterpolant, rows: Int
) -> Program {
  let parameters = network.layout.tensors()
  let sample = TrainingSample.inputs(
    rows: rows, dimension: network.dimension, interpolant: interpolant)
  let context = ObjectiveContext(
    flowMap: FlowMap(interpolant: interpolant, network: network, parameters: parameters),
    sample: sample)
  let loss = mean(TrainingLoss(objective: .improvedSelfDistillation).perSample(context))
  return Program(
    rows: rows, inputs: sample.declarations + parameters.inputs,
    outputs: [("loss", .mean, loss)]
      + parameters.outputs(
        Tensors.gradient(of: loss, withRespectTo: parameters.tensors), role: .mean,
        prefix: "gradient"))
}

/// A task that draws a chunk of rows of every per-row input of the program.
private func drawing(
  _ batch: Int, dimension: Int, to executable: Executable<Float>, step: Buffer<Double>,
  chunkRows: Int
) -> PoolTask {
  let data = Buffer<Float>(count: batch * dimension)
  let noise = Buffer<Float>(count: batch * dimension)
  let times = Buffer<Float>(count: batch)
  let endTimes = Buffer<Float>(count: batch)
  let fractions = Buffer<Float>(count: batch)
  let scratch = Buffer<Float>(count: 2 * batch)
  executable.bind(input: "data", to: data)
  executable.bind(input: "noise", to: noise)
  executable.bind(input: "time", to: times)
  executable.bind(input: "endTime", to: endTimes)
  executable.bind(input: "fraction", to: fractions)
  let purposes: [StreamPurpose] = [
    .benchmarkData, .benchmarkNoise, .benchmarkTimes, .benchmarkFractions,
  ]
  let streams = purposes.map { RandomStream(seed: 0, purpose: $0) }
  return PoolTask { chunk, _ in
    let range = chunk * chunkRows..<min((chunk + 1) * chunkRows, batch)
    let now = UInt64(step[0])
    func part(_ buffer: Buffer<Float>, _ width: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(
        start: buffer.pointer + range.lowerBound * width, count: range.count * width)
    }
    for (buffer, stream) in [(data, streams[0]), (noise, streams[1])] {
      Float.fillNormal(
        stream.at(step: now), part(buffer, dimension), rows: range, draws: dimension)
    }
    TimeSampler.uniformTriangle.fill(
      times: part(times, 1), endTimes: part(endTimes, 1), scratch: part(scratch, 2), rows: range,
      stream: streams[2].at(step: now), interpolant: .linear)
    Float.fillUniform(streams[3].at(step: now), part(fractions, 1), rows: range, draws: 1)
  }
}

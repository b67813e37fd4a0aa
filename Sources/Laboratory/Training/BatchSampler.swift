// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
internal import RandomStreams

/// Draws a training batch: data, noise, times and fractions, each from its own stream; a discretisation
/// then places the times and sets the fractions.
///
/// Rows are drawn in chunks over the pool's threads; a row depends on the seed and the step alone.
final class BatchSampler<Scalar: EngineScalar & MixtureScalar> {
  let data: Buffer<Scalar>
  let noise: Buffer<Scalar>
  let times: Buffer<Scalar>
  let endTimes: Buffer<Scalar>
  let fractions: Buffer<Scalar>

  private let rows: Int
  private let pool: WorkerPool
  private let task: PoolTask
  private let now: Buffer<Double>
  private static var chunkRows: Int { 512 }

  /// The batches of a configuration's training.
  convenience init(
    _ configuration: TrainingConfiguration, target: TrainingTarget, rows: Int, seed: UInt64,
    pool: WorkerPool
  ) {
    let loss = configuration.loss
    self.init(
      target: target, times: configuration.times,
      discretization: loss.objective.isDiscreteConsistency ? loss.discretization : nil,
      interpolant: configuration.interpolant, rows: rows, seed: seed, pool: pool)
  }

  init(
    target: TrainingTarget, times sampler: TimeSampler, discretization: Discretization? = nil,
    interpolant: InterpolantKind, rows: Int, seed: UInt64, pool: WorkerPool
  ) {
    let dimension = target.dimension
    let data = Buffer<Scalar>(count: rows * dimension)
    let noise = Buffer<Scalar>(count: rows * dimension)
    let times = Buffer<Scalar>(count: rows)
    let endTimes = Buffer<Scalar>(count: rows)
    let fractions = Buffer<Scalar>(count: rows)
    let scratch = Buffer<Scalar>(count: 2 * rows)
    // The step and the share of training that is done.
    let state = Buffer<Double>(count: 2)
    let fillData = dataSampler(target, as: Scalar.self)
    let streams = (
      data: RandomStream(seed: seed, purpose: "training data"),
      noise: RandomStream(seed: seed, purpose: "training noise"),
      times: RandomStream(seed: seed, purpose: "training times"),
      fractions: RandomStream(seed: seed, purpose: "training fractions")
    )
    task = PoolTask { chunk, _ in
      let range = chunk * Self.chunkRows..<min((chunk + 1) * Self.chunkRows, rows)
      let now = UInt64(state[0])
      func part(_ buffer: Buffer<Scalar>, _ width: Int) -> UnsafeMutableBufferPointer<Scalar> {
        UnsafeMutableBufferPointer(
          start: buffer.pointer + range.lowerBound * width, count: range.count * width)
      }
      fillData(part(data, dimension), range, streams.data.at(step: now))
      Scalar.fillNormal(
        streams.noise.at(step: now), part(noise, dimension), rows: range, draws: dimension)
      sampler.fill(
        times: part(times, 1), endTimes: part(endTimes, 1), scratch: part(scratch, 2), rows: range,
        stream: streams.times.at(step: now), interpolant: interpolant)
      if let discretization {
        discretization.apply(
          times: part(times, 1), endTimes: part(endTimes, 1), fractions: part(fractions, 1),
          progress: state[1], interpolant: interpolant)
      } else {
        Scalar.fillUniform(
          streams.fractions.at(step: now), part(fractions, 1), rows: range, draws: 1)
      }
    }
    self.data = data
    self.noise = noise
    self.times = times
    self.endTimes = endTimes
    self.fractions = fractions
    self.now = state
    self.rows = rows
    self.pool = pool
  }

  /// Draws the batch of a step.
  ///
  /// - Parameter progress: the share of training that is done, from 0 to 1.
  func draw(step: Int, progress: Double = 0) {
    now[0] = Double(step)
    now[1] = progress
    pool.run(task, tasks: (rows + Self.chunkRows - 1) / Self.chunkRows)
  }

  /// Binds the batch to a program traced with `TrainingSample.inputs`.
  func bind(to executable: Executable<Scalar>) {
    executable.bind(input: "data", to: data)
    executable.bind(input: "noise", to: noise)
    executable.bind(input: "time", to: times)
    executable.bind(input: "endTime", to: endTimes)
    executable.bind(input: "fraction", to: fractions)
  }
}

/// Fills rows of a batch with data.
private func dataSampler<Scalar: MixtureScalar>(
  _ target: TrainingTarget, as type: Scalar.Type
) -> (_ out: UnsafeMutableBufferPointer<Scalar>, _ rows: Range<Int>, RandomStream) -> Void {
  switch target {
  case .mixture(let mixture):
    let sampler = MixtureSampler(mixture)
    return { Scalar.fillSamples(sampler, $0, rows: $1, stream: $2) }
  case .boxes(let boxes):
    let sampler = UniformBoxesSampler(boxes)
    return { Scalar.fillSamples(sampler, $0, rows: $1, stream: $2) }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
public import Measures
internal import Networks
internal import Training

/// How much of the predicted bias two networks show that differ in the weighting alone.
public struct TrainedBias: Sendable, Codable, Equatable {
  public let dimension: Int
  /// For each seed `Σ⟨F_w − F, b⟩ / Σ‖b‖²` over points, `b` the predicted bias: 1 if the weighted network
  /// rests at the predicted fixed point, 0 if it rests at `v*`.
  public let shares: [Double]
  /// For each seed the same for `F − v*` of the network without weighting: 0 but for the error of training.
  public let controls: [Double]
  /// `sqrt(Σ‖b‖² / Σ‖v*‖²)`
  public let relativeBias: Double

  /// The mean of the shares over seeds.
  public var share: Estimate { Estimate(meanOf: shares) }
  public var control: Estimate { Estimate(meanOf: controls) }
}

extension WeightingExperiment {
  /// Times about 0.54, narrow so that a small network can spend its steps on the field at one time.
  static var trainingTimes: TimeSampler { .relaxed(a: 20, b: 20) }
  /// The mean of ``trainingTimes``, the time for experiments with training.
  public static var trainingTime: Double { 0.54 }

  /// Trains a small network by flow matching with the adaptive weight and without, from the same
  /// parameters on the same batches, and holds their difference against the predicted bias.
  ///
  /// - Parameters:
  ///   - points: `x_t` at the experiment's time; their dimension is the network's.
  ///   - seeds: one pair of networks each, at least one.
  public func trained(
    _ points: [[Double]], seeds: Int, steps: Int, batch: Int = 256, width: Int = 64
  ) throws -> TrainedBias {
    precondition(seeds >= 1 && steps >= 1, "training needs a seed and a step")
    let target = try product(dimension: points[0].count)
    let laws = points.map(law(at:))
    let velocity = laws.flatMap(\.mean)
    let weight = weight
    let predicted = try parallelMap(laws, threads: threads) {
      $0.fixedPoint(weight, dimension: $0.coordinates)
    }.flatMap { $0 }
    let bias = zip(predicted, velocity).map { $0 - $1 }
    let weightings: [Weighting] = [
      .adaptive(power: weight.power, offset: weight.offset), .none,
    ]
    let jobs = (0..<seeds).flatMap { seed in weightings.map { (seed: seed, weighting: $0) } }
    let time = time
    let firstSeed = seed
    let fields = try parallelMap(jobs, threads: threads) { job in
      let configuration = TrainingConfiguration(
        network: MultilayerPerceptron(dimension: target.dimension, width: width, depth: 2),
        loss: TrainingLoss(objective: .flowMatching, weighting: job.weighting),
        times: Self.trainingTimes, batch: batch, steps: steps, seed: firstSeed &+ UInt64(job.seed))
      let pool = WorkerPool(threads: 1)
      let trainer = Trainer<Float>(configuration, source: target, pool: pool)
      for _ in 0..<steps { try trainer.advance() }
      return try velocities(
        trainer.parameters, configuration.network, at: points, time: time, pool)
    }
    func share(_ field: [Double], _ base: [Double]) -> Double {
      let products = field.indices.reduce(0) { $0 + (field[$1] - base[$1]) * bias[$1] }
      return products / bias.reduce(0) { $0 + $1 * $1 }
    }
    let squares = { (values: [Double]) in values.reduce(0) { $0 + $1 * $1 } }
    return TrainedBias(
      dimension: target.dimension,
      shares: (0..<seeds).map { share(fields[2 * $0], fields[2 * $0 + 1]) },
      controls: (0..<seeds).map { share(fields[2 * $0 + 1], velocity) },
      relativeBias: (squares(bias) / squares(velocity)).squareRoot())
  }
}

/// `F(x; t, t)` of a network at points, row-major.
private func velocities(
  _ parameters: Buffer<Float>, _ network: some Network, at points: [[Double]],
  time: Double, _ pool: WorkerPool
) throws -> [Double] {
  let readings = FlowMapReadings<Float>(
    [.velocity], network: network, interpolant: LinearInterpolant(), parameters: parameters,
    rows: points.count, pool: pool)
  readings.assign(points.flatMap { $0 }, to: .points)
  readings.assign([time], to: .time)
  readings.assign([time], to: .endTime)
  try readings.run()
  return readings.values(.velocity)
}

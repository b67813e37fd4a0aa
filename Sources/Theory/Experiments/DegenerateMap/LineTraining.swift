// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import FlowMaps
public import GroundTruth
public import Interpolants
internal import Networks
import Training

/// A small network trained on a target on the line, `t` uniform on `[s, T]` for one end time `s` unless it
/// distils itself, and read without sampling noise.
public struct LineTraining: Sendable {
  public let target: GaussianMixture
  public let interpolant: InterpolantKind
  /// `s`
  public let endTime: Double
  public let objective: Objective
  public let seed: UInt64
  public let steps: Int
  public let batch: Int

  /// - Precondition: the target lies on the line, `0 ≤ s < T`, and there are steps and rows.
  public init(
    target: GaussianMixture, interpolant: InterpolantKind, endTime: Double, objective: Objective,
    seed: UInt64, steps: Int, batch: Int = 1024
  ) {
    precondition(
      target.dimension == 1 && endTime >= 0 && endTime < interpolant.interpolant.endTime
        && steps > 0 && batch > 0, "a target on the line, an end time before T, steps and rows")
    self.target = target
    self.interpolant = interpolant
    self.endTime = endTime
    self.objective = objective
    self.seed = seed
    self.steps = steps
    self.batch = batch
  }

  /// One end time for all, except for self-distillation: with the trigonometric interpolant iSD towards
  /// `s = 0` alone was seen to diverge, so it is trained with relaxed times, of which the end time read is
  /// one.
  private var trainingTimes: TimeSampler {
    objective.isSelfDistillation
      ? .relaxed() : .fixedEnd(fraction: endTime / interpolant.interpolant.endTime)
  }

  /// The trained map, where it is read.
  public struct Result: Sendable {
    /// `f(X(t,z); t, s)` at the labels asked for, time by time.
    public let maps: [[Double]]
    /// The last of ``maps``: by default `f(z; T, s)`.
    public var map: [Double] { maps[maps.count - 1] }
    /// `Df` and `f_x` at the points of the quadrature.
    public let derivatives: LineDerivatives
  }

  /// Trains, and reads the last parameters.
  ///
  /// - Parameters:
  ///   - labels: the trajectories on which the map is read.
  ///   - times: when it is read, in `[s, T]`; at `T` alone if empty.
  ///   - quadrature: where its derivatives are read.
  /// - Throws: `NonFiniteError` if the run diverges, `EngineError`.
  public func run(
    labels: [Double], times: [Double] = [], quadrature: LineQuadrature
  ) throws -> Result {
    let pool = WorkerPool(threads: 1)
    let path = interpolant.interpolant
    let network = MultilayerPerceptron(dimension: 1, width: 32, depth: 3)
    let trainer = Trainer<Float>(
      TrainingConfiguration(
        interpolant: interpolant, network: network, loss: TrainingLoss(objective: objective),
        times: trainingTimes,
        schedule: .cosine(from: 6e-3, warmUpSteps: 20), batch: batch, steps: steps, seed: seed),
      source: target, pool: pool)
    for _ in 0..<steps { try trainer.advance() }
    let parameters = Buffer<Double>(trainer.parameters.values)
    let sampler = FlowMapSampler<Double>(
      network: network, interpolant: path, parameters: parameters, rows: labels.count, pool: pool)
    let trajectories = QuantileTrajectories(mixture: target, interpolant: path)
    let maps = try (times.isEmpty ? [path.endTime] : times).map { time in
      let slice = trajectories.slice(at: time)
      return try sampler.map(
        labels.map { slice.position(ofLabel: $0) }, from: time, to: endTime)
    }
    return Result(
      maps: maps,
      derivatives: try derivatives(network, parameters, on: quadrature, pool: pool))
  }

  private func derivatives(
    _ network: MultilayerPerceptron, _ parameters: Buffer<Double>, on quadrature: LineQuadrature,
    pool: WorkerPool
  ) throws -> LineDerivatives {
    let count = quadrature.points.count
    let readings = FlowMapReadings<Double>(
      [.totalDerivative, .spatialJacobian], network: network, interpolant: interpolant.interpolant,
      parameters: parameters, rows: count, pool: pool)
    readings.assign(quadrature.points, to: .points)
    readings.assign(quadrature.times, to: .time)
    readings.assign([endTime], to: .endTime)
    readings.assign(quadrature.velocities, to: .velocity)
    try readings.run()
    return LineDerivatives(
      alongFlow: readings.values(.totalDerivative), slope: readings.values(.spatialJacobian))
  }
}

/// Labels with weights for means over noise `z ~ N(0, 1)`.
public struct NormalNodes: Sendable {
  public let labels: [Double]
  public let weights: [Double]

  /// 81 labels to ±6, for which the trapezoidal rule is exact to rounding.
  public init() {
    let labels = (-40...40).map { 0.15 * Double($0) }
    let raw = labels.map { Double.exp(-0.5 * $0 * $0) }
    let mass = raw.reduce(0) { $0 + $1 }
    self.labels = labels
    weights = raw.map { $0 / mass }
  }

  /// `E (a − b)²` for values at the labels.
  public func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == labels.count && b.count == labels.count, "a value for each label")
    return labels.indices.reduce(0) { $0 + weights[$1] * (a[$1] - b[$1]) * (a[$1] - b[$1]) }
  }

  /// `E f(z) z`, the factor of a linear map.
  public func linearCoefficient(_ values: [Double]) -> Double {
    labels.indices.reduce(0) { $0 + weights[$1] * values[$1] * labels[$1] }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
public import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
public import Measures
public import Networks

/// Measures a network's flow map on an ``EvaluationSet``: every ``Metric`` whose need the set meets.
public final class Evaluator<Scalar: EngineScalar> {
  public let set: EvaluationSet
  /// What is held against the law or the teacher; nil where there is neither.
  private let readings: FlowMapReadings<Scalar>?
  /// What is held against the truth given the class; nil where there is none, or the network is told none.
  private let guidedReadings: FlowMapReadings<Scalar>?
  private let sampler: FlowMapSampler<Scalar>
  private let metrics: [Metric]
  private let takesGuidance: Bool
  /// The class each sample is told; nil where none is told.
  private let sampleClasses: [Int]?

  /// - Parameters:
  ///   - parameters: read at every evaluation.
  ///   - alwaysTold: whether the network was told a class in every row of its training. It is then asked nothing
  ///     without one, and its samples are of the source's classes.
  public init(
    network: some Network, parameters: Buffer<Scalar>, set: EvaluationSet,
    alwaysTold: Bool = false, pool: WorkerPool
  ) {
    self.set = set
    takesGuidance = network.takesGuidance
    let path = set.interpolant.interpolant
    let guided = network.classCount > 0 ? set.guided : nil
    metrics = Metric.allCases.filter {
      set.offers.contains($0.need) && ($0.need != .classes || guided != nil)
        && !(alwaysTold && $0.asksUntold)
    }
    sampleClasses = alwaysTold ? set.classes : nil
    guidedReadings = guided.map { guided in
      let readings = FlowMapReadings<Scalar>(
        [.squaredTotalDerivative], network: network, interpolant: path, tellsClasses: true,
        guidance: guided.scale, parameters: parameters, rows: guided.count, pool: pool)
      readings.assign(guided.noisy, to: .points)
      readings.assign(guided.times, to: .time)
      readings.assign([0], to: .endTime)
      readings.assign(guided.velocities, to: .velocity)
      readings.assign(guided.classes.map(Double.init), to: .label)
      return readings
    }
    if !alwaysTold && !set.offers.isDisjoint(with: [.exact, .teacher]) {
      let wanted: Set<FlowMapReading> =
        set.offers.contains(.matrices)
        ? [.squaredTotalDerivative, .squaredJacobian, .varianceTerm] : [.squaredTotalDerivative]
      let readings = FlowMapReadings<Scalar>(
        wanted, network: network, interpolant: path, parameters: parameters,
        rows: 2 * set.count, pool: pool)
      readings.assign(set.noisy, to: .points)
      readings.assign(set.times, to: .time)
      readings.assign(set.endTimes, to: .endTime)
      readings.assign(set.covariances, to: .covariance)
      self.readings = readings
    } else {
      readings = nil
    }
    sampler = FlowMapSampler(
      network: network, interpolant: path, parameters: parameters, rows: set.count,
      pool: pool)
  }

  /// Every metric that can be measured, with its standard error.
  public func evaluate() throws -> [(metric: Metric, estimate: Estimate)] {
    let teacherLosses = try teacherLosses()
    if set.offers.contains(.exact) {
      readings?.assign(set.velocities, to: .velocity)
      try readings?.run()
    }
    try guidedReadings?.run()
    let samples = try sample()
    return try metrics.compactMap { metric in
      try estimate(of: metric, samples, teacherLosses).map { (metric, $0) }
    }
  }

  /// - Returns: nil for what is not known here.
  private func estimate(
    of metric: Metric, _ samples: [Double], _ teacherLosses: (atZero: Estimate, relaxed: Estimate)?
  ) throws -> Estimate? {
    let d = set.source.dimension
    let cloud = Points(samples, dimension: d)
    switch metric {
    case .eulerianLossAtZero: return residual(.squaredTotalDerivative).atZero
    case .eulerianLoss: return residual(.squaredTotalDerivative).relaxed
    case .varianceTermAtZero: return residual(.varianceTerm).atZero
    case .varianceTerm: return residual(.varianceTerm).relaxed
    case .jacobianNormAtZero: return residual(.squaredJacobian).atZero
    case .jacobianNorm: return residual(.squaredJacobian).relaxed
    case .flowMapError: return meanSquaredDistance(samples, set.mappedNoise, dimension: d)
    case .slicedWasserstein: return slicedWassersteinDistance(cloud, to: set.reference)
    case .energyDistance: return energyDistance(cloud, to: set.reference)
    case .fractionInsideModes:
      let inside = (0..<set.count).count { row in
        set.law?.isInside(Array(samples[row * d..<(row + 1) * d])) ?? false
      }
      return Estimate(successes: inside, of: set.count)
    case .guidedVelocityError:
      return try set.guided.map {
        meanSquaredDistance(
          try sampler.velocity($0.noisy, at: $0.times, given: conditions(of: $0)),
          $0.velocities, dimension: d)
      }
    case .guidedEulerianLossAtZero:
      return guidedReadings.map { Estimate(meanOf: $0.values(.squaredTotalDerivative)) }
    case .guidedMapError:
      return try set.guided.map {
        meanSquaredDistance(
          try sampler.sample($0.noise, given: conditions(of: $0)),
          $0.mappedNoise, dimension: d)
      }
    case .teacherEulerianLossAtZero: return teacherLosses?.atZero
    case .teacherEulerianLoss: return teacherLosses?.relaxed
    }
  }

  /// What the network is told of the points of the guided truth: it was trained with its scale, or is told it.
  private func conditions(of guided: GuidedEvaluationSet) -> SamplingConditions {
    SamplingConditions(labels: guided.classes, scale: takesGuidance ? guided.scale : 1)
  }

  /// The Eulerian loss along the teacher's velocity, if there is one.
  private func teacherLosses() throws -> (atZero: Estimate, relaxed: Estimate)? {
    guard set.offers.contains(.teacher) else { return nil }
    readings?.assign(set.teacherVelocities, to: .velocity)
    try readings?.run()
    return residual(.squaredTotalDerivative)
  }

  /// A mean over the points with `s = 0`, and over those with `s < t`.
  private func residual(_ reading: FlowMapReading) -> (atZero: Estimate, relaxed: Estimate) {
    let values = readings?.values(reading) ?? []
    return (
      Estimate(meanOf: Array(values.prefix(set.count))),
      Estimate(meanOf: Array(values.suffix(set.count)))
    )
  }

  /// The evaluation noise carried from `T` to 0.
  public func sample(steps: Int = 1) throws -> [Double] {
    try sampler.sample(
      set.noise, steps: steps, given: SamplingConditions(labels: sampleClasses))
  }

  /// See `FlowMapSampler.trajectory`, on the evaluation noise.
  public func trajectory(steps: Int) throws -> [[Double]] {
    try sampler.trajectory(
      set.noise, steps: steps, given: SamplingConditions(labels: sampleClasses))
  }
}

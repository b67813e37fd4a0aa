// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
public import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
public import Networks
public import Probes
internal import Tensors

/// Measures a network's flow map on an ``EvaluationSet``: every ``Metric`` whose need the set meets.
public final class Evaluator<Scalar: EngineScalar> {
  public let set: EvaluationSet
  /// What is held against the law; nil where that is not known.
  private let residuals: Executable<Scalar>?
  private let sampler: FlowMapSampler<Scalar>
  private let tellsClasses: Bool

  /// - Parameter parameters: read at every evaluation.
  public init(
    network: some Network, parameters: Buffer<Scalar>, set: EvaluationSet, pool: WorkerPool
  ) {
    self.set = set
    let kind = set.interpolant
    let d = set.source.dimension
    tellsClasses = network.classCount > 0
    if set.offers.contains(.exact) {
      let hasMatrices = set.offers.contains(.matrices)
      let residuals = Executable<Scalar>(rows: 2 * set.count, pool: pool) { rows in
        residualProgram(
          network: network, interpolant: kind.interpolant, dimension: d,
          hasMatrices: hasMatrices, rows: rows)
      }
      residuals.bind(input: "noisy", to: Buffer(set.noisy))
      residuals.bind(input: "time", to: Buffer(set.times))
      residuals.bind(input: "endTime", to: Buffer(set.endTimes))
      residuals.bind(input: "velocity", to: Buffer(set.velocities))
      if hasMatrices { residuals.bind(input: "covariance", to: Buffer(set.covariances)) }
      residuals.bind(inputs: network.layout, prefix: "parameters", to: parameters)
      self.residuals = residuals
    } else {
      residuals = nil
    }
    sampler = FlowMapSampler(
      network: network, interpolant: kind.interpolant, parameters: parameters, rows: set.count,
      pool: pool)
  }

  /// Every metric that can be measured, with its standard error.
  public func evaluate() throws -> [(metric: Metric, estimate: Estimate)] {
    try residuals?.run()
    let samples = try sample()
    let guided = tellsClasses ? set.guided : nil
    return try Metric.allCases.filter { set.offers.contains($0.need) }.compactMap { metric in
      try estimate(of: metric, samples, guided).map { (metric, $0) }
    }
  }

  /// - Returns: nil for what is given classes where the network is told none.
  private func estimate(
    of metric: Metric, _ samples: [Double], _ guided: GuidedEvaluationSet?
  ) throws -> Estimate? {
    let d = set.source.dimension
    let cloud = Points(samples, dimension: d)
    let data = Points(set.data, dimension: d)
    switch metric {
    case .eulerianLossAtZero: return residual("eulerian").atZero
    case .eulerianLoss: return residual("eulerian").relaxed
    case .varianceTermAtZero: return residual("variance").atZero
    case .varianceTerm: return residual("variance").relaxed
    case .jacobianNormAtZero: return residual("jacobian").atZero
    case .jacobianNorm: return residual("jacobian").relaxed
    case .flowMapError: return meanSquaredDistance(samples, set.mappedNoise, dimension: d)
    case .slicedWasserstein: return slicedWassersteinDistance(cloud, data, along: set.directions)
    case .energyDistance: return energyDistance(cloud, data)
    case .fractionInsideModes:
      let inside = (0..<set.count).count { row in
        set.law?.isInside(Array(samples[row * d..<(row + 1) * d])) ?? false
      }
      return Estimate(successes: inside, of: set.count)
    case .guidedVelocityError:
      return try guided.map {
        meanSquaredDistance(
          try sampler.velocity(
            $0.noisy, at: $0.times, given: SamplingConditions(labels: $0.classes)),
          $0.velocities, dimension: d)
      }
    case .guidedMapError:
      return try guided.map {
        meanSquaredDistance(
          try sampler.sample($0.noise, given: SamplingConditions(labels: $0.classes)),
          $0.mappedNoise, dimension: d)
      }
    }
  }

  /// A mean over the points with `s = 0`, and over those with `s < t`.
  private func residual(_ output: String) -> (atZero: Estimate, relaxed: Estimate) {
    let values = residuals?.output(output).values ?? []
    return (
      Estimate(meanOf: Array(values.prefix(set.count))),
      Estimate(meanOf: Array(values.suffix(set.count)))
    )
  }

  /// The evaluation noise carried from `T` to 0.
  public func sample(steps: Int = 1) throws -> [Double] {
    try sampler.sample(set.noise, steps: steps)
  }

  /// See `FlowMapSampler.trajectory`, on the evaluation noise.
  public func trajectory(steps: Int) throws -> [[Double]] {
    try sampler.trajectory(set.noise, steps: steps)
  }
}

/// Per row: `‖D_{v*} f‖²` and, with matrices, `‖∇f‖_F²` and `tr(∇f Σ ∇fᵀ)`.
private func residualProgram(
  network: some Network, interpolant: any Interpolant, dimension d: Int, hasMatrices: Bool,
  rows: Int
) -> Program {
  let parameters = network.layout.tensors()
  let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
  let x = Tensor.input("noisy", [rows, d])
  let t = Tensor.input("time", [rows, 1])
  let s = Tensor.input("endTime", [rows, 1])
  let velocity = Tensor.input("velocity", [rows, d])
  let eulerian = squaredNorm(flowMap.totalDerivative(x, from: t, to: s, along: velocity))
  guard hasMatrices else {
    return Program(
      rows: rows, inputs: [x, t, s, velocity].map { (.perRow, $0) } + parameters.inputs,
      outputs: [("eulerian", .perRow, eulerian)])
  }
  let covariance = Tensor.input("covariance", [rows, d, d])
  // jacobian[i] holds the derivatives of all coordinates of f in direction i.
  let jacobian = concatenate(
    flowMap.spatialJacobian(x, from: t, to: s).map { $0.reshaped(to: [rows, 1, d]) }, axis: 1)
  let variance = (matmul(covariance, jacobian) * jacobian).sum([1, 2])
  return Program(
    rows: rows, inputs: [x, t, s, velocity, covariance].map { (.perRow, $0) } + parameters.inputs,
    outputs: [
      ("eulerian", .perRow, eulerian), ("jacobian", .perRow, square(jacobian).sum([1, 2])),
      ("variance", .perRow, variance),
    ])
}

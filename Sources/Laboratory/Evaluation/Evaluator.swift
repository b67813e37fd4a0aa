// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
public import Networks
public import Probes
internal import Tensors

/// Measures a network's flow map on an ``EvaluationSet``.
public final class Evaluator<Scalar: EngineScalar> {
  public let set: EvaluationSet
  private let residuals: Executable<Scalar>
  private let sampler: FlowMapSampler<Scalar>

  /// - Parameter parameters: read at every evaluation.
  public init(
    network: some Network, parameters: Buffer<Scalar>, set: EvaluationSet, pool: WorkerPool
  ) {
    self.set = set
    let kind = set.interpolant
    let d = set.target.dimension
    residuals = Executable<Scalar>(rows: 2 * set.count, pool: pool) { rows in
      residualProgram(network: network, interpolant: kind.interpolant, dimension: d, rows: rows)
    }
    residuals.bind(input: "noisy", to: Buffer(set.noisy))
    residuals.bind(input: "time", to: Buffer(set.times))
    residuals.bind(input: "endTime", to: Buffer(set.endTimes))
    residuals.bind(input: "velocity", to: Buffer(set.velocities))
    residuals.bind(input: "covariance", to: Buffer(set.covariances))
    residuals.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    sampler = FlowMapSampler(
      network: network, interpolant: kind.interpolant, parameters: parameters, rows: set.count,
      pool: pool)
  }

  /// Every metric with its standard error.
  public func evaluate() throws -> [(metric: Metric, estimate: Estimate)] {
    try residuals.run()
    func estimates(_ output: String) -> (atZero: Estimate, relaxed: Estimate) {
      let values = residuals.output(output).values
      return (
        Estimate(meanOf: Array(values.prefix(set.count))),
        Estimate(meanOf: Array(values.suffix(set.count)))
      )
    }
    let (eulerian, variance, jacobian) = (
      estimates("eulerian"), estimates("variance"), estimates("jacobian")
    )
    let d = set.target.dimension
    let samples = try sample()
    let errors = (0..<set.count).map { row in
      (row * d..<(row + 1) * d).reduce(0) { total, i in
        let difference = samples[i] - set.mappedNoise[i]
        return total + difference * difference
      }
    }
    let cloud = Points(samples, dimension: d)
    let data = Points(set.data, dimension: d)
    let inside = (0..<set.count).count { row in
      set.target.isInside(Array(samples[row * d..<(row + 1) * d]))
    }
    return Metric.allCases.map { metric in
      let estimate: Estimate
      switch metric {
      case .eulerianLossAtZero: estimate = eulerian.atZero
      case .eulerianLoss: estimate = eulerian.relaxed
      case .varianceTermAtZero: estimate = variance.atZero
      case .varianceTerm: estimate = variance.relaxed
      case .jacobianNormAtZero: estimate = jacobian.atZero
      case .jacobianNorm: estimate = jacobian.relaxed
      case .flowMapError: estimate = Estimate(meanOf: errors)
      case .slicedWasserstein:
        estimate = slicedWassersteinDistance(cloud, data, along: set.directions)
      case .energyDistance: estimate = energyDistance(cloud, data)
      case .fractionInsideModes: estimate = Estimate(successes: inside, of: set.count)
      }
      return (metric, estimate)
    }
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

/// Per row: `‖D_{v*} f‖²`, `‖∇f‖_F²` and `tr(∇f Σ ∇fᵀ)`.
private func residualProgram(
  network: some Network, interpolant: any Interpolant, dimension d: Int, rows: Int
) -> Program {
  let parameters = network.layout.tensors()
  let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
  let x = Tensor.input("noisy", [rows, d])
  let t = Tensor.input("time", [rows, 1])
  let s = Tensor.input("endTime", [rows, 1])
  let velocity = Tensor.input("velocity", [rows, d])
  let covariance = Tensor.input("covariance", [rows, d, d])
  let eulerian = squaredNorm(flowMap.totalDerivative(x, from: t, to: s, along: velocity))
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

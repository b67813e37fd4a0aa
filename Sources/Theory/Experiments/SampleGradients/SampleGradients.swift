// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import FlowMaps
public import GroundTruth
public import Interpolants
public import Networks
internal import Tensors

/// Loss and gradient of single samples: what the noise of an update is made of.
///
/// A program of one row is run pair by pair, so every gradient is at hand by itself.
public struct SampleGradients: Sendable {
  public let network: MultilayerPerceptron
  public let parameters: [Double]
  public let target: GaussianMixture
  public let interpolant: InterpolantKind

  public init(
    network: MultilayerPerceptron, parameters: [Double], target: GaussianMixture,
    interpolant: InterpolantKind
  ) {
    precondition(
      parameters.count == network.layout.count,
      "\(parameters.count) parameters for a network of \(network.layout.count)")
    self.network = network
    self.parameters = parameters
    self.target = target
    self.interpolant = interpolant
  }

  /// Losses and gradients of objectives at every pair of a batch.
  ///
  /// - Returns: by objective, in the order given.
  /// - Throws: `EngineError`.
  public func evaluate(
    _ objectives: [Objective], _ batch: PairBatch, threads: Int
  ) throws -> [Losses] {
    precondition(!objectives.isEmpty, "no objective to differentiate")
    let parts = try inChunks(batch, threads: threads) { rows in
      try gradients(objectives, batch, rows: rows)
    }
    return objectives.indices.map { index in
      Losses(
        values: parts.flatMap { $0[index].values },
        gradients: parts.flatMap { $0[index].gradients }, parameterCount: parameters.count)
    }
  }

  /// What conditional noise adds to the squared norm of a `directSemi` gradient, exactly, for each pair.
  ///
  /// The gradient is `−2 Jᵀ D_{v_c} f` with `J = ∂F/∂θ`, linear in `v_c`. Given `x_t`, `v_c − v*` has mean
  /// zero and covariance `Σ`, so the gradient has the mean of `eulerianSemi`'s and the covariance
  /// `4 Jᵀ ∇f Σ ∇fᵀ J`; this is its trace, `4 tr(∇f Σ ∇fᵀ J Jᵀ)`.
  public func predictedExtraVariance(_ batch: PairBatch, threads: Int) throws -> [Double] {
    try inChunks(batch, threads: threads) { rows in try extraVariance(batch, rows: rows) }
      .flatMap { $0 }
  }

  /// The losses of one objective and their gradients.
  public struct Losses: Sendable {
    /// One loss a pair, summed over coordinates.
    public let values: [Double]
    /// Pair by pair, `parameterCount` numbers each.
    public let gradients: [Double]
    public let parameterCount: Int

    /// The gradient of the expected loss.
    public var meanGradient: [Double] {
      var mean = [Double](repeating: 0, count: parameterCount)
      for row in values.indices {
        for index in mean.indices { mean[index] += gradients[row * parameterCount + index] }
      }
      return mean.map { $0 / Double(values.count) }
    }

    /// `‖g‖²` of every pair.
    public var squaredNorms: [Double] {
      values.indices.map { row in
        gradients[row * parameterCount..<(row + 1) * parameterCount].reduce(0) { $0 + $1 * $1 }
      }
    }

    /// `‖g − E g‖²` of every pair; the mean is the trace of the gradient's covariance.
    public var squaredDeviations: [Double] {
      let mean = meanGradient
      return values.indices.map { row in
        mean.indices.reduce(0) { sum, index in
          let deviation = gradients[row * parameterCount + index] - mean[index]
          return sum + deviation * deviation
        }
      }
    }

    /// `(ℓ − E ℓ)²` of every pair; the mean is the variance of the loss.
    public var squaredLossDeviations: [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { ($0 - mean) * ($0 - mean) }
    }
  }
}

// MARK: - One row at a time

extension SampleGradients {
  private func inChunks<Result: Sendable>(
    _ batch: PairBatch, threads: Int, _ body: @escaping @Sendable (Range<Int>) throws -> Result
  ) throws -> [Result] {
    let chunks = max(1, min(threads, batch.count))
    return try parallelMap(
      (0..<chunks).map {
        batch.count * $0 / chunks..<batch.count * ($0 + 1) / chunks
      }, threads: threads, body)
  }

  private func gradients(
    _ objectives: [Objective], _ batch: PairBatch, rows: Range<Int>
  ) throws -> [Losses] {
    let row = SingleRow(self) { context, parameters in
      objectives.enumerated().flatMap { number, objective in
        let loss = objective.perSample(context).sum()
        return [("loss\(number)", .sum, loss)]
          + parameters.outputs(
            gradient(of: loss, withRespectTo: parameters.tensors), role: .sum,
            prefix: "gradient\(number)")
      }
    }
    let count = parameters.count
    let vectors = objectives.indices.map { number in
      let vector = Buffer<Double>(count: count)
      row.executable.bind(outputs: network.layout, prefix: "gradient\(number)", to: vector)
      return vector
    }
    let losses = objectives.indices.map { row.executable.output("loss\($0)") }
    var values = objectives.map { _ in [Double]() }
    var flat = objectives.map { _ in [Double]() }
    for number in objectives.indices { flat[number].reserveCapacity(rows.count * count) }
    for index in rows {
      try row.run(batch, index)
      for number in objectives.indices {
        values[number].append(losses[number][0])
        flat[number].append(contentsOf: vectors[number].elements)
      }
    }
    return objectives.indices.map {
      Losses(values: values[$0], gradients: flat[$0], parameterCount: count)
    }
  }

  private func extraVariance(_ batch: PairBatch, rows: Range<Int>) throws -> [Double] {
    let row = SingleRow(self) { context, parameters in
      [("extra", .sum, extraVarianceTerm(context, parameters))]
    }
    let extra = row.executable.output("extra")
    return try rows.map { index in
      try row.run(batch, index)
      return extra[0]
    }
  }

  /// `4 tr(∇f Σ ∇fᵀ J Jᵀ)` of one row.
  private func extraVarianceTerm(
    _ context: ObjectiveContext, _ parameters: ParameterTensors
  ) -> Tensor {
    let d = target.dimension
    let sample = context.sample
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let covariance = SymbolicMixture(target).marginal(
      x, at: t, interpolant: interpolant.interpolant
    ).velocityCovariance.reshaped(to: [d, d])
    // columns[i, a] = ∂f_a/∂x_i
    let columns = concatenate(
      context.flowMap.spatialJacobian(x, from: t, to: s).map { $0.reshaped(to: [1, d]) }, axis: 0)
    let scatter = matmul(matmul(columns, covariance, transposeLeft: true), columns)
    let field = context.flowMap.field(x, from: t, to: s)
    let sensitivities = (0..<d).map { axis in
      gradient(
        of: field.sliced(axis..<axis + 1, axis: 1).sum(), withRespectTo: parameters.tensors)
    }
    let kernel = (0..<d).flatMap { a in
      (0..<d).map { b in
        zip(sensitivities[a], sensitivities[b]).map { ($0 * $1).sum() }.reduce(Tensor(0), +)
          .reshaped(to: [1])
      }
    }
    return 4 * (scatter * concatenate(kernel, axis: 0).reshaped(to: [d, d])).sum()
  }

  /// A program of one row with its inputs.
  private struct SingleRow {
    let executable: Executable<Double>
    private let data: Buffer<Double>
    private let noise: Buffer<Double>
    private let time = Buffer<Double>(count: 1)
    private let endTime = Buffer<Double>(count: 1)
    private let dimension: Int

    init(
      _ experiment: SampleGradients,
      outputs: (ObjectiveContext, ParameterTensors) -> [(String, Program.OutputRole, Tensor)]
    ) {
      let interpolant = experiment.interpolant.interpolant
      let d = experiment.target.dimension
      executable = Executable<Double>(rows: 1, pool: WorkerPool(threads: 1)) { rows in
        let parameters = experiment.network.layout.tensors()
        let sample = TrainingSample.inputs(rows: rows, dimension: d, interpolant: interpolant)
        let context = ObjectiveContext(
          flowMap: FlowMap(
            interpolant: interpolant, network: experiment.network, parameters: parameters),
          sample: sample,
          exactVelocity: { x, t, _ in
            SymbolicMixture(experiment.target).marginal(x, at: t, interpolant: interpolant).velocity
          })
        return Program(
          rows: rows, inputs: sample.declarations + parameters.inputs,
          outputs: outputs(context, parameters).map { (name: $0, role: $1, tensor: $2) })
      }
      dimension = d
      data = Buffer(count: d)
      noise = Buffer(count: d)
      executable.bind(input: "data", to: data)
      executable.bind(input: "noise", to: noise)
      executable.bind(input: "time", to: time)
      executable.bind(input: "endTime", to: endTime)
      executable.bind(input: "fraction", to: Buffer([0.5]))
      executable.bind(
        inputs: experiment.network.layout, prefix: "parameters",
        to: Buffer(experiment.parameters))
    }

    func run(_ batch: PairBatch, _ row: Int) throws {
      for axis in 0..<dimension {
        data[axis] = batch.data[row * dimension + axis]
        noise[axis] = batch.noise[row * dimension + axis]
      }
      time[0] = batch.times[row]
      endTime[0] = batch.endTimes[row]
      try executable.run()
    }
  }
}

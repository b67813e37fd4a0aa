// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import FlowMaps
public import Interpolants
public import Networks
internal import Tensors

/// The gradient that training follows, on a fixed batch, and both its curvatures along directions.
///
/// Products with a direction cost a few gradients; ``matrix(_:)`` takes one for each parameter and is meant
/// for networks of a few hundred.
public final class UpdateField<Scalar: EngineScalar> {
  /// Number of parameters.
  public let count: Int
  private let layout: ParameterLayout
  private let executables: [Curvature: Executable<Scalar>]
  private let parameters: Buffer<Scalar>
  private let direction: Buffer<Scalar>

  /// A batch and what its objective needs beside it.
  public struct Batch: Sendable {
    /// `data`, `noise`, `time`, `endTime` and `fraction`, as `TrainingSample.inputs` names them.
    public let sample: [String: [Double]]
    /// The velocity at each `x_t` that stands for `v*` in objectives with an oracle, row-major.
    public let velocity: [Double]?

    public init(sample: [String: [Double]], velocity: [Double]? = nil) {
      self.sample = sample
      self.velocity = velocity
    }
  }

  /// - Precondition: the batch has `rows` rows, and a velocity if the objective needs one.
  public init(
    _ loss: TrainingLoss, network: some Network, interpolant: any Interpolant, batch: Batch,
    rows: Int, pool: WorkerPool
  ) {
    precondition(
      !loss.objective.needsExactVelocity || batch.velocity != nil,
      "\(loss.objective.rawValue) needs a velocity")
    let layout = network.layout
    self.layout = layout
    count = layout.count
    parameters = Buffer(count: layout.count)
    direction = Buffer(count: layout.count)
    var executables: [Curvature: Executable<Scalar>] = [:]
    for curvature in Curvature.allCases {
      let executable = Executable<Scalar>(rows: rows, pool: pool) { rows in
        updateProgram(
          loss, network, interpolant, curvature, hasVelocity: batch.velocity != nil, rows: rows)
      }
      for (name, values) in batch.sample { executable.bind(input: name, to: Buffer(values)) }
      if let velocity = batch.velocity {
        executable.bind(input: "velocity", to: Buffer(velocity))
      }
      executable.bind(inputs: layout, prefix: "parameters", to: parameters)
      executable.bind(inputs: layout, prefix: "direction", to: direction)
      executables[curvature] = executable
    }
    self.executables = executables
  }

  /// `g(θ)`, the gradient with stop-gradients as written.
  public func update(_ theta: [Double]) throws -> [Double] {
    try run(.frozenHessian, theta, [Double](repeating: 0, count: count)).update
  }

  /// A curvature at `θ` times a direction.
  public func product(
    _ curvature: Curvature, at theta: [Double], along direction: [Double]
  ) throws -> [Double] {
    try run(curvature, theta, direction).product
  }

  /// A curvature at `θ`, entry `[i][j]` being the change of `g_i` with `θ_j`.
  public func matrix(_ curvature: Curvature, at theta: [Double]) throws -> [[Double]] {
    try transposed(
      (0..<count).map { column in
        var unit = [Double](repeating: 0, count: count)
        unit[column] = 1
        return try product(curvature, at: theta, along: unit)
      })
  }

  private func run(
    _ curvature: Curvature, _ theta: [Double], _ along: [Double]
  ) throws -> (update: [Double], product: [Double]) {
    precondition(
      theta.count == count && along.count == count, "vectors need \(count) parameters")
    guard let executable = executables[curvature] else { return ([], []) }
    parameters.assign(theta)
    direction.assign(along)
    try executable.run()
    func vector(_ prefix: String) -> [Double] {
      layout.entries.flatMap { executable.output("\(prefix)/\($0.name)").values }
    }
    return (vector("update"), vector("product"))
  }
}

/// The update of a block of rows and its derivative along a direction.
private func updateProgram(
  _ loss: TrainingLoss, _ network: some Network, _ interpolant: any Interpolant,
  _ curvature: Curvature, hasVelocity: Bool, rows: Int
) -> Program {
  let parameters = network.layout.tensors()
  let direction = network.layout.tensors(prefix: "direction")
  let sample = TrainingSample.inputs(
    rows: rows, dimension: network.dimension, interpolant: interpolant)
  let velocity = Tensor.input("velocity", [rows, network.dimension])
  let context = ObjectiveContext(
    flowMap: FlowMap(interpolant: interpolant, network: network, parameters: parameters),
    sample: sample, exactVelocity: { _, _, _ in velocity }, tangent: loss.tangent)
  let update = gradient(of: mean(loss.perSample(context)), withRespectTo: parameters.tensors)
  let product = derivative(
    of: update, along: zip(parameters.tensors, direction.tensors),
    stopGradients: curvature.stopGradients)
  let extra: [(role: Program.InputRole, tensor: Tensor)] =
    hasVelocity ? [(.perRow, velocity)] : []
  return Program(
    rows: rows, inputs: sample.declarations + extra + parameters.inputs + direction.inputs,
    outputs: parameters.outputs(update, role: .mean, prefix: "update")
      + parameters.outputs(product, role: .mean, prefix: "product"))
}

/// A square matrix from its columns, or the transpose of one.
func transposed(_ columns: [[Double]]) -> [[Double]] {
  guard let first = columns.first else { return [] }
  return first.indices.map { row in columns.map { $0[row] } }
}

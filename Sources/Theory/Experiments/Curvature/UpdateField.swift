// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import FlowMaps
public import Interpolants
public import Networks
internal import Tensors
public import Training

/// The gradient that training follows, on a fixed batch, and both its curvatures along directions.
///
/// Products with a direction cost a few gradients; ``matrix(_:)`` takes one for each parameter and is meant
/// for networks of a few hundred.
public final class UpdateField<Scalar: EngineScalar> {
  /// Number of parameters.
  public let count: Int
  private let layout: ParameterLayout
  private let step: Executable<Scalar>
  private let products: [Curvature: Executable<Scalar>]
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
    let parameters = Buffer<Scalar>(count: layout.count)
    self.parameters = parameters
    direction = Buffer(count: layout.count)
    func compiled(_ program: (LossTrace) -> Program) -> Executable<Scalar> {
      let executable = Executable<Scalar>(rows: rows, pool: pool) { rows in
        let velocity = Tensor.input("velocity", [rows, network.dimension])
        let trace = LossTrace(
          loss, network: network, interpolant: interpolant, rows: rows,
          exactVelocity: { _, _, _ in velocity },
          velocityInputs: batch.velocity == nil ? [] : [(.perRow, velocity)])
        return program(trace)
      }
      for (name, values) in batch.sample { executable.bind(input: name, to: Buffer(values)) }
      if let velocity = batch.velocity {
        executable.bind(input: "velocity", to: Buffer(velocity))
      }
      executable.bind(inputs: layout, prefix: "parameters", to: parameters)
      return executable
    }
    step = compiled { $0.trainingStep }
    var products: [Curvature: Executable<Scalar>] = [:]
    for curvature in [Curvature.hessian, .updateFieldJacobian] {
      let executable = compiled { $0.product(curvature, isTransposed: false) }
      executable.bind(inputs: layout, prefix: "direction", to: direction)
      products[curvature] = executable
    }
    self.products = products
  }

  /// `g(θ)`, the gradient with stop-gradients as written.
  public func update(_ theta: [Double]) throws -> [Double] {
    precondition(theta.count == count, "the update needs \(count) parameters")
    parameters.assign(theta)
    try step.run()
    return vector("gradient", of: step)
  }

  /// The Hessian or the Jacobian at `θ` times a direction.
  ///
  /// - Precondition: the curvature is one of these two.
  public func product(
    _ curvature: Curvature, at theta: [Double], along direction: [Double]
  ) throws -> [Double] {
    precondition(
      theta.count == count && direction.count == count, "vectors need \(count) parameters")
    guard let executable = products[curvature] else {
      preconditionFailure("the update has no \(curvature.label)")
    }
    parameters.assign(theta)
    self.direction.assign(direction)
    try executable.run()
    return vector("product", of: executable)
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

  private func vector(_ prefix: String, of executable: Executable<Scalar>) -> [Double] {
    layout.entries.flatMap { executable.output("\(prefix)/\($0.name)").values }
  }
}

/// A square matrix from its columns, or the transpose of one.
func transposed(_ columns: [[Double]]) -> [[Double]] {
  guard let first = columns.first else { return [] }
  return first.indices.map { row in columns.map { $0[row] } }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import Interpolants
import Networks
import Tensors

/// The lab's own values of everything in a record, by one compiled program in Double.
final class ObjectivesEvaluator {
  /// What a program is compiled for; records that share it share the program.
  struct Configuration: Hashable {
    let interpolant: InterpolantKind
    let dimension: Int
    let width: Int
    let depth: Int
    let rows: Int

    init(_ record: ObjectivesReference.Record) {
      interpolant = record.interpolant
      dimension = record.network.dimension
      width = record.network.width
      depth = record.network.depth
      rows = record.t.count
    }
  }

  private let layout: ParameterLayout
  private let dimension: Int
  private let executable: Executable<Double>
  private let parameters: Buffer<Double>
  private let direction: Buffer<Double>

  init(_ configuration: Configuration, pool: WorkerPool) {
    let network = MultilayerPerceptron(
      dimension: configuration.dimension, width: configuration.width, depth: configuration.depth)
    layout = network.layout
    dimension = configuration.dimension
    executable = Executable(rows: configuration.rows, pool: pool) { rows in
      ObjectivesTrace(network: network, interpolant: configuration.interpolant, rows: rows).program
    }
    parameters = Buffer(count: layout.count)
    direction = Buffer(count: layout.count)
    executable.bind(inputs: layout, prefix: "parameters", to: parameters)
    executable.bind(inputs: layout, prefix: "direction", to: direction)
  }

  /// Values by output name, row-major; those in the parameters' layout in one vector.
  ///
  /// - Parameter marginalVelocity: `v*` at the record's points, for the oracle teachers.
  func evaluate(
    _ record: ObjectivesReference.Record, marginalVelocity: [Double]
  ) throws(EngineError) -> ObjectivesValues {
    parameters.assign(record.parameters.vector)
    direction.assign(record.direction.vector)
    let outputs = try executable.evaluate([
      "data": record.x.flatMap(\.self), "noise": record.z.flatMap(\.self), "time": record.t,
      "endTime": record.s, "fraction": record.t.map { _ in 0.5 },
      "marginalVelocity": marginalVelocity,
    ])
    return ObjectivesValues(outputs: outputs, layout: layout, dimension: dimension)
  }
}

/// The outputs of one evaluation.
struct ObjectivesValues {
  private let outputs: [String: [Double]]
  private let layout: ParameterLayout
  private let dimension: Int

  init(outputs: [String: [Double]], layout: ParameterLayout, dimension: Int) {
    self.outputs = outputs
    self.layout = layout
    self.dimension = dimension
  }

  subscript(name: String) -> [Double] {
    guard let values = outputs[name] else { preconditionFailure("there is no output \(name)") }
    return values
  }

  /// A vector in the parameters' layout.
  func vector(_ prefix: String) -> [Double] {
    layout.entries.flatMap { self["\(prefix)/\($0.name)"] }
  }

  /// `∇_x f` of every sample: `[row][i][j]` is `∂f_i/∂x_j`.
  var spatialJacobian: [[[Double]]] {
    let columns = (0..<dimension).map { self["jacobian\($0)"] }
    return (0..<columns[0].count / dimension).map { row in
      (0..<dimension).map { i in columns.map { $0[row * dimension + i] } }
    }
  }
}

extension [ObjectivesReference.Layer] {
  /// The layers in the order of a perceptron's parameter vector.
  var vector: [Double] { flatMap { $0.w.flatMap(\.self) + $0.b } }
}

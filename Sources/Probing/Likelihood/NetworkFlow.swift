// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import Tensors
public import Training

/// The velocity of a network, or its map from noise to data in one step, with its derivatives at any number of points, in
/// double precision.
public final class NetworkFlow {
  /// What is compiled.
  public enum Quantity: Sendable, Hashable {
    /// For ``NetworkFlow/field``.
    case velocity
    /// For ``NetworkFlow/map(_:)``.
    case map

    fileprivate var outputs: [Output] {
      switch self {
      case .velocity: [.velocity, .velocityJacobian]
      case .map: [.mapped, .mapJacobian]
      }
    }
  }

  /// `d`
  public let dimension: Int
  /// `T`
  public let endTime: Double

  private let quantity: Quantity
  /// Points are evaluated so many at a time.
  private let rows: Int
  private let executable: Executable<Double>
  private let points: Buffer<Double>
  private let times: Buffer<Double>
  private let endTimes: Buffer<Double>

  /// - Parameters:
  ///   - parameters: the flat parameter vector of the configuration's network.
  ///   - label: the class it is told; nil for none.
  /// - Precondition: the label is one of the network's classes, and the network takes no observation.
  public init(
    _ quantity: Quantity, of configuration: TrainingConfiguration, parameters: [Double],
    label: Int? = nil, rows: Int, threads: Int
  ) {
    let network = configuration.network
    let interpolant = configuration.interpolant.interpolant
    precondition(network.observationSize == 0, "the network takes an observation")
    precondition(
      label.map { (0..<network.classCount).contains($0) } ?? true,
      "class \(label ?? 0) of \(network.classCount)")
    dimension = network.dimension
    endTime = interpolant.endTime
    self.rows = rows
    self.quantity = quantity
    let d = network.dimension
    executable = Executable(rows: rows, pool: WorkerPool(threads: threads)) { rows in
      let tensors = network.layout.tensors()
      let x = Tensor.input(Input.points.rawValue, [rows, d])
      let t = Tensor.input(Input.times.rawValue, [rows, 1])
      let s = Tensor.input(Input.endTimes.rawValue, [rows, 1])
      let conditions = Conditions.inputs(for: network, rows: rows)
      let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: tensors)
      let point = FlowMapPoint(flowMap.given(conditions), x, from: t, to: s)
      return Program(
        rows: rows,
        inputs: [x, t, s].map { (.perRow, $0) } + conditions.declarations + tensors.inputs,
        outputs: quantity.outputs.map { ($0.rawValue, .perRow, point.tensor($0.reading)) })
    }
    points = Buffer(count: rows * d)
    times = Buffer(count: rows)
    endTimes = Buffer(count: rows)
    executable.bind(input: Input.points.rawValue, to: points)
    executable.bind(input: Input.times.rawValue, to: times)
    executable.bind(input: Input.endTimes.rawValue, to: endTimes)
    if network.classCount > 0 {
      executable.bind(
        input: Conditions.Input.label.rawValue,
        to: Buffer(Array(repeating: Double(label ?? network.classCount), count: rows)))
    }
    if network.takesGuidance {
      executable.bind(
        input: Conditions.Input.guidance.rawValue,
        to: Buffer(
          Array(repeating: configuration.loss.guidance.samplingScale, count: rows)))
    }
    executable.bind(inputs: network.layout, prefix: "parameters", to: Buffer(parameters))
  }

  /// `F(x; t, t)` with its exact divergence, as a field.
  public var field: FlowField {
    FlowField(dimension: dimension, endTime: endTime) { [self] points, time in
      precondition(quantity == .velocity, "the velocity was not compiled")
      let values = try run(points, from: time, to: time)
      let d = dimension
      let divergences = (0..<points.count / d).map { row in
        (0..<d).reduce(0) { $0 + values[1][row * d * d + $1 * (d + 1)] }
      }
      return (values[0], divergences)
    }
  }

  /// `f(x; T, 0)` and `∇f`, row-major with `∂f_i/∂x_j` at `[i][j]`, of points row-major.
  public func map(_ points: [Double]) throws -> (values: [Double], jacobians: [Double]) {
    precondition(quantity == .map, "the map was not compiled")
    let values = try run(points, from: endTime, to: 0)
    return (values[0], values[1])
  }

  private func run(_ values: [Double], from t: Double, to s: Double) throws -> [[Double]] {
    let count = values.count / dimension
    let outputs = quantity.outputs
    var found = outputs.map { _ in [Double]() }
    times.assign(Array(repeating: t, count: rows))
    endTimes.assign(Array(repeating: s, count: rows))
    for start in stride(from: 0, to: count, by: rows) {
      let used = min(rows, count - start)
      // Rows that are left over are those of a point that is there.
      let chunk = values[start * dimension..<(start + used) * dimension]
      let filling = (used..<rows).flatMap { _ in chunk.prefix(dimension) }
      points.assign(Array(chunk) + filling)
      try executable.run()
      for (index, output) in outputs.enumerated() {
        let all = executable.output(output.rawValue).values
        found[index] += all.prefix(all.count / rows * used)
      }
    }
    return found
  }
}

private enum Input: String {
  case points
  case times
  case endTimes
}

private enum Output: String {
  case velocity
  case velocityJacobian
  case mapped
  case mapJacobian

  var reading: FlowMapReading {
    switch self {
    case .velocity: .velocity
    case .velocityJacobian: .velocityJacobian
    case .mapped: .mapped
    case .mapJacobian: .spatialJacobian
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import Files
public import Interpolants
public import Networks
internal import Tensors

/// What a sampler tells a network about its rows, and how strongly.
public struct SamplingConditions: Sendable, Equatable {
  /// A class a row, or the network's null label; nil is none in every row.
  public var labels: [Int]?
  /// Observations, `rows × size`, row-major.
  public var observations: [Double]?
  /// `ω`: a network that takes guidance is told it; of every other, guidance in sampling (Post-CFG). 1 is none.
  public var scale: Double

  public init(labels: [Int]? = nil, observations: [Double]? = nil, scale: Double = 1) {
    self.labels = labels
    self.observations = observations
    self.scale = scale
  }

  public static let none = SamplingConditions()
}

/// Velocities, maps and N-step samples of a trained flow map, `x ← f(x; t_i, t_{i+1})` on a uniform grid from
/// `T` to 0: each row with times and conditions of its own, with guidance where there are classes.
public final class FlowMapSampler<Scalar: EngineScalar> {
  public let rows: Int
  public let dimension: Int
  private let classCount: Int
  private let observationSize: Int
  private let takesGuidance: Bool
  private let endTime: Double
  private let executable: Executable<Scalar>
  private let points: Buffer<Scalar>
  private let times: Buffer<Scalar>
  private let endTimes: Buffer<Scalar>
  private let labels: Buffer<Scalar>
  private let scale: Buffer<Scalar>
  private let observations: Buffer<Scalar>

  /// Compiles the map for a number of points, reading the parameters from `parameters` at every call.
  public init(
    network: some Network, interpolant: any Interpolant, parameters: Buffer<Scalar>, rows: Int,
    pool: WorkerPool
  ) {
    self.rows = rows
    dimension = network.dimension
    classCount = network.classCount
    observationSize = network.observationSize
    takesGuidance = network.takesGuidance
    endTime = interpolant.endTime
    executable = Executable<Scalar>(rows: rows, pool: pool) { rows in
      samplingProgram(network, interpolant, rows: rows)
    }
    points = Buffer(count: rows * network.dimension)
    times = Buffer(count: rows)
    endTimes = Buffer(count: rows)
    labels = Buffer(count: classCount > 0 ? rows : 0)
    scale = Buffer(count: network.takesGuidance ? rows : 1)
    observations = Buffer(count: rows * observationSize)
    executable.bind(input: Input.points.rawValue, to: points)
    executable.bind(input: Input.times.rawValue, to: times)
    executable.bind(input: Input.endTimes.rawValue, to: endTimes)
    if classCount > 0 {
      executable.bind(input: Conditions.Input.label.rawValue, to: labels)
      executable.bind(
        input: takesGuidance ? Conditions.Input.guidance.rawValue : Input.scale.rawValue, to: scale)
    }
    if observationSize > 0 {
      executable.bind(input: Conditions.Input.observation.rawValue, to: observations)
    }
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
  }

  /// `F(x; t, t)`, with guidance in sampling `F_∅ + ω (F_c − F_∅)`.
  ///
  /// - Parameters:
  ///   - values: points, `rows × d`, row-major.
  ///   - moments: a time `t` a row.
  /// - Throws: `ConfigurationError` for conditions out of range, `EngineError`.
  public func velocity(
    _ values: [Double], at moments: [Double], given conditions: SamplingConditions = .none
  ) throws -> [Double] {
    try run(values, moments, moments, conditions)
    return executable.output(Output.field.rawValue).values
  }

  /// `f(x; t, s)` of row-major points.
  ///
  /// - Throws: `ConfigurationError` for conditions out of range, `EngineError`.
  public func map(
    _ values: [Double], from t: Double, to s: Double, given conditions: SamplingConditions = .none
  ) throws -> [Double] {
    try map(
      values, from: Array(repeating: t, count: rows), to: Array(repeating: s, count: rows),
      given: conditions)
  }

  /// `f(x; t, s)` of row-major points with times of their own.
  ///
  /// - Throws: `ConfigurationError` for conditions out of range, `EngineError`.
  public func map(
    _ values: [Double], from moments: [Double], to endMoments: [Double],
    given conditions: SamplingConditions = .none
  ) throws -> [Double] {
    try run(values, moments, endMoments, conditions)
    return executable.output(Output.mapped.rawValue).values
  }

  /// Points carried from `T` to 0 in `steps` equal steps.
  ///
  /// - Returns: the points before the first and after every step: `steps + 1` arrays, the last one
  ///   holding the samples.
  /// - Throws: `ConfigurationError` for conditions out of range, `EngineError`.
  public func trajectory(
    _ noise: [Double], steps: Int, given conditions: SamplingConditions = .none
  ) throws -> [[Double]] {
    var path = [noise]
    for (t, s) in times(steps: steps) {
      path.append(try map(path[path.count - 1], from: t, to: s, given: conditions))
    }
    return path
  }

  /// Samples: noise carried from `T` to 0 in `steps` equal steps.
  ///
  /// - Throws: `ConfigurationError` for conditions out of range, `EngineError`.
  public func sample(
    _ noise: [Double], steps: Int = 1, given conditions: SamplingConditions = .none
  ) throws -> [Double] {
    var points = noise
    for (t, s) in times(steps: steps) {
      points = try map(points, from: t, to: s, given: conditions)
    }
    return points
  }

  private func times(steps: Int) -> [(t: Double, s: Double)] {
    precondition(steps > 0, "sampling takes at least one step, not \(steps)")
    return (0..<steps).map { step in
      (
        endTime * Double(steps - step) / Double(steps),
        endTime * Double(steps - step - 1) / Double(steps)
      )
    }
  }

  private func run(
    _ values: [Double], _ moments: [Double], _ endMoments: [Double],
    _ conditions: SamplingConditions
  ) throws {
    try prepare(conditions)
    points.assign(values)
    times.assign(moments)
    endTimes.assign(endMoments)
    try executable.run()
  }

  private func prepare(_ conditions: SamplingConditions) throws(ConfigurationError) {
    try checkScale(conditions.scale)
    if takesGuidance && conditions.scale <= 0 {
      throw ConfigurationError(
        setting: "guidance scale", value: "\(conditions.scale)",
        accepted: "a number above 0 for a network that is told it")
    }
    precondition(
      conditions.scale == 1 || classCount > 0, "guidance of a network without classes")
    precondition(
      (conditions.observations?.count ?? 0) == rows * observationSize,
      "\(conditions.observations?.count ?? 0) numbers are no observation of \(observationSize) for "
        + "each of \(rows) rows")
    if let values = conditions.observations { observations.assign(values) }
    if let classes = conditions.labels {
      for (row, label) in classes.enumerated() where !(0...classCount).contains(label) {
        throw ConfigurationError(
          setting: "label of row \(row)", value: "\(label)",
          accepted: "a class from 0 to \(classCount - 1), or \(classCount) for none")
      }
    }
    guard classCount > 0 else { return }
    let classes = conditions.labels ?? Array(repeating: classCount, count: rows)
    labels.assign(classes.map(Double.init))
    for index in 0..<scale.count { scale[index] = Scalar(conditions.scale) }
  }
}

private enum Input: String {
  case points
  case times
  case endTimes
  case scale
}

private enum Output: String {
  case field
  case mapped
}

/// `F` and `f`, with guidance in sampling where there are classes and the network is told no scale.
private func samplingProgram(
  _ network: some Network, _ interpolant: any Interpolant, rows: Int
) -> Program {
  let parameters = network.layout.tensors()
  let conditions = Conditions.inputs(for: network, rows: rows)
  let x = Tensor.input(Input.points.rawValue, [rows, network.dimension])
  let t = Tensor.input(Input.times.rawValue, [rows, 1])
  let s = Tensor.input(Input.endTimes.rawValue, [rows, 1])
  let scale =
    network.classCount > 0 && !network.takesGuidance ? Tensor.input(Input.scale.rawValue, [1]) : nil
  let plain = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
    .given(conditions)
  let flowMap = scale.map { plain.guided(scale: $0) } ?? plain
  let field = flowMap.field(x, from: t, to: s)
  return Program(
    rows: rows,
    inputs: [x, t, s].map { (.perRow, $0) } + conditions.declarations
      + (scale.map { [(.shared, $0)] } ?? []) + parameters.inputs,
    outputs: [
      (Output.field.rawValue, .perRow, field),
      (Output.mapped.rawValue, .perRow, flowMap.map(x, field: field, from: t, to: s)),
    ])
}

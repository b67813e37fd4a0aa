// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Interpolants
public import Networks
internal import Tensors

/// Velocities, maps and N-step samples of a class-conditional network, with guidance in sampling (Post-CFG).
public final class ConditionalSampler<Scalar: EngineScalar> {
  public let rows: Int
  public let dimension: Int
  private let classCount: Int
  private let endTime: Double
  private let executable: Executable<Scalar>
  private let points: Buffer<Scalar>
  private let times: Buffer<Scalar>
  private let endTimes: Buffer<Scalar>
  private let labels: Buffer<Scalar>
  private let scale: Buffer<Scalar>

  /// Compiles for a number of points, reading the parameters from `parameters` at every call.
  public init(
    network: some ConditionalNetwork, interpolant: any Interpolant, parameters: Buffer<Scalar>,
    rows: Int, pool: WorkerPool
  ) {
    let dimension = network.dimension
    self.rows = rows
    self.dimension = dimension
    classCount = network.classCount
    endTime = interpolant.endTime
    executable = Executable<Scalar>(rows: rows, pool: pool) { rows in
      samplingProgram(network, interpolant, rows: rows)
    }
    points = Buffer(count: rows * dimension)
    times = Buffer(count: rows)
    endTimes = Buffer(count: rows)
    labels = Buffer(count: rows)
    scale = Buffer(count: 1)
    executable.bind(input: "points", to: points)
    executable.bind(input: "times", to: times)
    executable.bind(input: "endTimes", to: endTimes)
    executable.bind(input: "labels", to: labels)
    executable.bind(input: "scale", to: scale)
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
  }

  /// `F(x; t, t)` with guidance: `F_∅ + ω (F_c − F_∅)`.
  ///
  /// - Parameters:
  ///   - values: points, `rows × d`, row-major.
  ///   - moments: a time `t` a row.
  ///   - classes: a class a row, or the network's null label.
  ///   - scale: `ω`; 1 is no guidance.
  /// - Throws: ``GuidanceError``, `EngineError`.
  public func velocity(
    _ values: [Double], at moments: [Double], labels classes: [Int], scale: Double = 1
  ) throws -> [Double] {
    try prepare(classes, scale)
    points.assign(values)
    times.assign(moments)
    endTimes.assign(moments)
    try executable.run()
    return executable.output("field").values
  }

  /// `f(x; t, s)` with guidance.
  ///
  /// - Throws: ``GuidanceError``, `EngineError`.
  public func map(
    _ values: [Double], from t: Double, to s: Double, labels classes: [Int], scale: Double = 1
  ) throws -> [Double] {
    try prepare(classes, scale)
    points.assign(values)
    times.assign(Array(repeating: t, count: rows))
    endTimes.assign(Array(repeating: s, count: rows))
    try executable.run()
    return executable.output("mapped").values
  }

  /// Samples: noise carried from `T` to 0 in `steps` equal steps.
  ///
  /// - Throws: ``GuidanceError``, `EngineError`.
  public func sample(
    _ noise: [Double], labels: [Int], steps: Int = 1, scale: Double = 1
  ) throws -> [Double] {
    precondition(steps > 0, "sampling takes at least one step, not \(steps)")
    var current = noise
    for step in 0..<steps {
      current = try map(
        current, from: endTime * Double(steps - step) / Double(steps),
        to: endTime * Double(steps - step - 1) / Double(steps), labels: labels, scale: scale)
    }
    return current
  }

  private func prepare(_ classes: [Int], _ scale: Double) throws(GuidanceError) {
    try checkScale(scale)
    for (row, label) in classes.enumerated() where !(0...classCount).contains(label) {
      throw .labelOutOfRange(row: row, label: label, classCount: classCount)
    }
    labels.assign(classes.map(Double.init))
    self.scale[0] = Scalar(scale)
  }
}

/// `F` and `f` with guidance, each row with its own times and label.
private func samplingProgram(
  _ network: some ConditionalNetwork, _ interpolant: any Interpolant, rows: Int
) -> Program {
  let parameters = network.layout.tensors()
  let x = Tensor.input("points", [rows, network.dimension])
  let t = Tensor.input("times", [rows, 1])
  let s = Tensor.input("endTimes", [rows, 1])
  let label = Tensor.input("labels", [rows])
  let scale = Tensor.input("scale", [1])
  let flowMap = ConditionalFlowMap(
    interpolant: interpolant, network: network, parameters: parameters
  ).guided(label: label, scale: scale)
  let field = flowMap.field(x, from: t, to: s)
  return Program(
    rows: rows,
    inputs: [x, t, s, label].map { (.perRow, $0) } + [(.shared, scale)] + parameters.inputs,
    outputs: [
      ("field", .perRow, field), ("mapped", .perRow, flowMap.map(x, field: field, from: t, to: s)),
    ])
}

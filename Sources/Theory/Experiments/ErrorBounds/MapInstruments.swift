// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Foundation
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// Residuals, velocities and their slopes of a trained map in the plane, in Double, for a number of points
/// that stays the same.
final class MapInstruments {
  let rows: Int
  private let all: Executable<Double>
  private let light: Executable<Double>
  private let points: Buffer<Double>
  private let times: Buffer<Double>
  private let endTimes: Buffer<Double>

  init(
    network: MultilayerPerceptron, parameters: [Double], interpolant: any Interpolant, rows: Int,
    pool: WorkerPool
  ) {
    precondition(network.dimension == 2, "the instruments are made for the plane")
    self.rows = rows
    let values = Buffer<Double>(parameters)
    func compile(_ outputs: @escaping MapOutputs) -> Executable<Double> {
      let executable = Executable<Double>(rows: rows, pool: pool) { rows in
        mapProgram(network, interpolant, rows: rows, outputs)
      }
      executable.bind(inputs: network.layout, prefix: "parameters", to: values)
      return executable
    }
    light = compile { map, x, t, s in
      [("velocity", map.velocity(x, at: t)), ("map", map.map(x, from: t, to: s))]
    }
    all = compile(residuals)
    points = Buffer(count: rows * 2)
    times = Buffer(count: rows)
    endTimes = Buffer(count: rows)
    for executable in [light, all] {
      executable.bind(input: "points", to: points)
      executable.bind(input: "time", to: times)
      executable.bind(input: "endTime", to: endTimes)
    }
  }

  /// What a call returns, row-major by point.
  struct Reading {
    /// `∂_t f + ∇f·v̂`
    let eulerian: [Double]
    /// `∂_s f − F(f; s, s)`
    let lagrangian: [Double]
    /// `F(f; s, s)`
    let endVelocity: [Double]
    /// `‖∇F(x; t, t)‖`, the spectral norm at each point.
    let slopes: [Double]
  }

  func read(_ x: [Double], from t: [Double], to s: [Double]) throws -> Reading {
    assign(x, t, s)
    try all.run()
    let slopes = all.output("slopes").values
    return Reading(
      eulerian: all.output("eulerian").values, lagrangian: all.output("lagrangian").values,
      endVelocity: all.output("endVelocity").values,
      slopes: (0..<rows).map { spectralNorm(Array(slopes[4 * $0..<4 * $0 + 4])) })
  }

  /// `F(x; t, t)` and `f(x; t, s)`.
  func map(
    _ x: [Double], from t: [Double], to s: [Double]
  ) throws -> (velocity: [Double], mapped: [Double]) {
    assign(x, t, s)
    try light.run()
    return (light.output("velocity").values, light.output("map").values)
  }

  private func assign(_ x: [Double], _ t: [Double], _ s: [Double]) {
    points.assign(x)
    times.assign(t)
    endTimes.assign(s)
  }

  func constant(_ time: Double) -> [Double] { [Double](repeating: time, count: rows) }

  /// One step of the classical Runge–Kutta method along `dy/dt = F(y; t, t)`.
  func step(_ y: [Double], at t: Double, by h: Double) throws -> [Double] {
    func velocity(_ y: [Double], _ t: Double) throws -> [Double] {
      try map(y, from: constant(t), to: constant(t)).velocity
    }
    func moved(_ k: [Double], _ h: Double) -> [Double] { zip(y, k).map { $0 + h * $1 } }
    let a = try velocity(y, t)
    let b = try velocity(moved(a, h / 2), t + h / 2)
    let c = try velocity(moved(b, h / 2), t + h / 2)
    let d = try velocity(moved(c, h), t + h)
    return y.indices.map { y[$0] + h / 6 * (a[$0] + 2 * b[$0] + 2 * c[$0] + d[$0]) }
  }

  /// The largest `‖∇F(x; t, t)‖` found: among `starts`, then by random steps of shrinking length about the
  /// best points so far. A lower bound of the Lipschitz constant.
  func largestSlope(
    from starts: [Double], times: [Double], rounds: Int, endTime: Double, stream: RandomStream
  ) throws -> Double {
    var (x, t) = (starts, times)
    var slopes = try read(x, from: t, to: t).slopes
    for round in 0..<rounds {
      let best = slopes.indices.sorted { slopes[$0] > slopes[$1] }.prefix(16)
      let leaders = Array(best)
      let length = 0.5 * pow(0.7, Double(round))
      let moves = stream.at(step: UInt64(round)).normals(rows: rows, draws: 3)
      // The best points themselves stay among the candidates.
      let candidates = (0..<rows).map { row -> (x: Double, y: Double, t: Double) in
        let leader = leaders[row % leaders.count]
        let length = row < leaders.count ? 0 : length
        return (
          x[2 * leader] + length * moves[3 * row], x[2 * leader + 1] + length * moves[3 * row + 1],
          min(max(t[leader] + 0.3 * length * moves[3 * row + 2], 0), endTime)
        )
      }
      x = candidates.flatMap { [$0.x, $0.y] }
      t = candidates.map(\.t)
      slopes = try read(x, from: t, to: t).slopes
    }
    return slopes.max() ?? .nan
  }
}

/// Named outputs, a row each, of a map at points `x`, times `t` and end times `s`.
private typealias MapOutputs = (FlowMap, _ x: Tensor, _ t: Tensor, _ s: Tensor) -> [(
  String, Tensor
)]

private func mapProgram(
  _ network: MultilayerPerceptron, _ interpolant: any Interpolant, rows: Int,
  _ outputs: MapOutputs
) -> Program {
  let tensors = network.layout.tensors()
  let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: tensors)
  let x = Tensor.input("points", [rows, 2])
  let (t, s) = (Tensor.input("time", [rows, 1]), Tensor.input("endTime", [rows, 1]))
  return Program(
    rows: rows, inputs: [(.perRow, x), (.perRow, t), (.perRow, s)] + tensors.inputs,
    outputs: outputs(flowMap, x, t, s).map { ($0.0, Program.OutputRole.perRow, $0.1) })
}

private func residuals(
  _ map: FlowMap, _ x: Tensor, _ t: Tensor, _ s: Tensor
) -> [(String, Tensor)] {
  let velocity = map.velocity(x, at: t)
  let endVelocity = map.velocity(map.map(x, from: t, to: s), at: s)
  let slopes = [[1.0, 0], [0, 1]].map { axis in
    derivative(
      of: velocity, along: [x: Tensor(values: axis, shape: [1, 2]).broadcast(to: x.shape)])
  }
  return [
    ("eulerian", map.totalDerivative(x, from: t, to: s, along: velocity)),
    ("lagrangian", map.endTimeDerivative(x, from: t, to: s) - endVelocity),
    ("endVelocity", endVelocity), ("slopes", concatenate(slopes, axis: 1)),
  ]
}

/// The larger singular value of a 2 × 2 matrix.
func spectralNorm(_ m: [Double]) -> Double {
  let squares = m.reduce(0) { $0 + $1 * $1 }
  let determinant = m[0] * m[3] - m[1] * m[2]
  let root = max(squares * squares - 4 * determinant * determinant, 0).squareRoot()
  return ((squares + root) / 2).squareRoot()
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Foundation
internal import Interpolants
internal import Networks
internal import RandomStreams

/// Residuals, velocities and their slopes of a trained map in the plane, in Double, for a number of points
/// that stays the same.
final class MapInstruments {
  let rows: Int
  private let all: FlowMapReadings<Double>
  private let light: FlowMapReadings<Double>

  init(
    network: MultilayerPerceptron, parameters: [Double], interpolant: any Interpolant, rows: Int,
    pool: WorkerPool
  ) {
    precondition(network.dimension == 2, "the instruments are made for the plane")
    self.rows = rows
    let values = Buffer<Double>(parameters)
    func compile(_ readings: Set<FlowMapReading>) -> FlowMapReadings<Double> {
      FlowMapReadings(
        readings, network: network, interpolant: interpolant, parameters: values, rows: rows,
        pool: pool)
    }
    light = compile([.velocity, .mapped])
    all = compile([.eulerianResidual, .lagrangianResidual, .endVelocity, .velocityJacobian])
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
    assign(x, t, s, to: all)
    try all.run()
    let slopes = all.values(.velocityJacobian)
    return Reading(
      eulerian: all.values(.eulerianResidual), lagrangian: all.values(.lagrangianResidual),
      endVelocity: all.values(.endVelocity),
      slopes: (0..<rows).map { row in
        // Column by column, the order in which the squares were always summed.
        spectralNorm([0, 2, 1, 3].map { slopes[4 * row + $0] })
      })
  }

  /// `F(x; t, t)` and `f(x; t, s)`.
  func map(
    _ x: [Double], from t: [Double], to s: [Double]
  ) throws -> (velocity: [Double], mapped: [Double]) {
    assign(x, t, s, to: light)
    try light.run()
    return (light.values(.velocity), light.values(.mapped))
  }

  private func assign(
    _ x: [Double], _ t: [Double], _ s: [Double], to readings: FlowMapReadings<Double>
  ) {
    readings.assign(x, to: .points)
    readings.assign(t, to: .time)
    readings.assign(s, to: .endTime)
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

/// The larger singular value of a 2 × 2 matrix.
func spectralNorm(_ m: [Double]) -> Double {
  let squares = m.reduce(0) { $0 + $1 * $1 }
  let determinant = m[0] * m[3] - m[1] * m[2]
  let root = max(squares * squares - 4 * determinant * determinant, 0).squareRoot()
  return ((squares + root) / 2).squareRoot()
}

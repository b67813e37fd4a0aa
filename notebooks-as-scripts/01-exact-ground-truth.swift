// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Foundation
import GroundTruth
import Interpolants
import Plotting
import RandomStreams

// # Figure 1: Exact ground truth
//
// Everything in this laboratory is held against numbers that are known exactly. This walkthrough shows
// them: the path of densities between data and noise, the velocity that moves one into the other, how
// much a single sample's velocity scatters about it, and the flow map itself.

public enum ExactGroundTruth: Walkthrough {
  public static let number = 1
  public static let title = "Exact ground truth"
  public static let summary = """
    Density, marginal velocity, conditional covariance and flow map of a Gaussian mixture, all exact, \
    with the identities that tie them together checked on the way.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    let interpolant = LinearInterpolant()
    session.print(
      """
      Figure 1 · Exact ground truth

      Data x follow the mixture "\(target.name)" and stand at time 0; noise z ~ N(0, I) stands at T = 1.
      Between them lies x_t = (1 − t) x + t z. A mixture stays a mixture at every t, so its density p_t,
      its score, the marginal velocity v*(x, t) = E[v_c | x_t = x] and the covariance
      Σ(x, t) = Cov[v_c | x_t = x] of the conditional velocities are sums over components. Σ is what a
      training target that uses v_c instead of v* adds as noise; figure 3 shows the harm it can do.

      The flow map f*(x; t, s) follows v* from time t to s. It has no closed form, but an adaptive
      Runge–Kutta method of order 8 gives it to the last digits. Four identities check the machinery:

      """)

    // ## The identities
    //
    // None of them is used to compute anything; each would fail if the velocity, the Jacobian or the
    // integrator were wrong.
    session.print(try identities(target, session))

    // ## The picture
    let data = try picture(target, interpolant)
    try session.deliver(data, number: number, draw: draw)
  }

  private static func identities(
    _ target: GaussianMixture, _ session: WalkthroughSession
  ) throws -> String {
    let linear = LinearInterpolant()
    let exact = ExactFlowMap(of: target, interpolant: linear)
    let trigonometric = ExactFlowMap(of: target, interpolant: TrigonometricInterpolant())
    let count = session.isThorough ? 400 : 60
    let z = RandomStream(seed: session.seed, purpose: .figure1Noise).normals(
      rows: count, draws: 2)
    var (semigroup, likelihood, eulerian, endpoints) = (0.0, 0.0, 0.0, 0.0)
    let end = TrigonometricInterpolant().endTime
    for row in 0..<count {
      let x = [z[2 * row], z[2 * row + 1]]
      let (whole, jacobian) = try exact.mapWithJacobian(x, from: 1, to: 0)
      let half = try exact.map(try exact.map(x, from: 1, to: 0.4), from: 0.4, to: 0)
      semigroup = max(semigroup, distance(whole, half))
      let determinant = jacobian[0][0] * jacobian[1][1] - jacobian[0][1] * jacobian[1][0]
      let there = target.marginal(at: 0, linear).logDensity(whole)
      let here = target.marginal(at: 1, linear).logDensity(x)
      likelihood = max(likelihood, abs(here - there - log(abs(determinant))))
      // ∂_t f + ∇f v* at t = 0.9, the time derivative by a central difference of fourth order.
      let t = 0.9
      func at(_ time: Double) throws -> [Double] { try exact.map(x, from: time, to: 0) }
      let h = 1e-3
      let (a, b, c, d) = (try at(t - 2 * h), try at(t - h), try at(t + h), try at(t + 2 * h))
      let (_, slope) = try exact.mapWithJacobian(x, from: t, to: 0)
      let v = target.marginal(at: t, linear).velocity(x)
      for i in 0..<2 {
        let rate = (8 * (c[i] - b[i]) - (d[i] - a[i])) / (12 * h)
        eulerian = max(eulerian, abs(rate + slope[i][0] * v[0] + slope[i][1] * v[1]))
      }
      endpoints = max(endpoints, distance(whole, try trigonometric.map(x, from: end, to: 0)))
    }
    return textTable(
      ["identity, largest violation over \(count) points", "found"],
      [
        ["semigroup      f(x; 1, 0) = f(f(x; 1, 0.4); 0.4, 0)", digits(semigroup)],
        ["likelihood     log p_1(x) = log p_0(f) + log |det ∇f|", digits(likelihood)],
        ["Eulerian       ∂_t f + ∇f · v* = 0 (by differences)", digits(eulerian)],
        [
          "end points     linear and trigonometric maps from T to 0 are one map", digits(endpoints),
        ],
      ]) + "\n"
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}

// MARK: - Data

extension ExactGroundTruth {
  struct Picture: Codable {
    let target: String
    let extent: Double
    let times: [Double]
    let densities: [ScalarGrid]
    let velocity: VectorGrid
    let velocityTime: Double
    let covarianceTrace: ScalarGrid
    let trajectories: [[PlotPoint]]
    let gridSize: Int
    let grid: [PlotPoint]
    let mappedGrid: [PlotPoint]
  }

  private static func picture(
    _ target: GaussianMixture, _ interpolant: LinearInterpolant
  ) throws -> Picture {
    let extent = planeExtent(target)
    let range = -extent...extent
    let times = [1, 0.6, 0.3, 0]
    let velocityTime = 0.5
    let middle = target.marginal(at: velocityTime, interpolant)
    let exact = ExactFlowMap(
      of: target, interpolant: interpolant, relativeTolerance: 1e-8)
    let path = (0...40).map { 1 - Double($0) / 40 }
    let side = 31
    let grid = squareNodes(side: side, extent: 2.5)
    return Picture(
      target: target.name, extent: extent, times: times,
      densities: times.map { densityGrid(target, extent: extent, side: 161, at: $0) },
      velocity: VectorGrid(x: range, y: range, columns: 61, rows: 61) { x, y in
        let v = middle.velocity([x, y])
        return (v[0], v[1])
      }, velocityTime: velocityTime,
      covarianceTrace: ScalarGrid(x: range, y: range, columns: 161, rows: 161) { x, y in
        let covariance = middle.velocityCovariance([x, y])
        return covariance[0][0] + covariance[1][1]
      },
      trajectories: try planePoints(noiseSpiral(64)).map { start in
        try exact.trajectory([start.x, start.y], from: 1, through: path).map {
          PlotPoint(x: $0[0], y: $0[1])
        }
      }, gridSize: side, grid: planePoints(grid),
      mappedGrid: planePoints(try exact.maps(grid, from: 1, to: 0)))
  }
}

// MARK: - Drawing

extension ExactGroundTruth {
  static func draw(_ data: Picture) -> Figure {
    let range = -data.extent...data.extent
    let densities = zip(data.times, data.densities).map { time, grid in
      Panel.plane(
        title: "$p_t$, $t$ = \(digits(time))", x: range, y: range,
        layers: [.heatMap(HeatMap(grid: grid, colors: ColorScale(.viridis)))])
    }
    let speed = ScalarGrid(
      x: data.velocity.x, y: data.velocity.y, columns: data.velocity.columns,
      rows: data.velocity.rows,
      values: zip(data.velocity.u, data.velocity.v).map { ($0 * $0 + $1 * $1).squareRoot() })
    let velocity = Panel(
      title: "$v$^*, $t$ = \(digits(data.velocityTime))", x: Axis(range: range, ticks: .none),
      y: Axis(range: range, ticks: .none), frame: .box, hasEqualAspect: true, legend: .hidden,
      colorBar: ColorBar("$‖v$^*$‖$"),
      layers: [
        .heatMap(HeatMap(grid: speed, colors: ColorScale(.viridis))),
        .streamlines(
          Streamlines(
            grid: data.velocity, separation: 0.07,
            stroke: StrokeStyle(Color(gray: 1), width: 0.8))),
      ])
    let covariance = Panel(
      title: "tr \\Sigma, $t$ = \(digits(data.velocityTime))", x: Axis(range: range, ticks: .none),
      y: Axis(range: range, ticks: .none), frame: .box, hasEqualAspect: true, legend: .hidden,
      colorBar: ColorBar("tr \\Sigma"),
      layers: [.heatMap(HeatMap(grid: data.covarianceTrace, colors: ColorScale(.magma)))])
    let trajectories = Panel.plane(
      title: "trajectories", x: range, y: range,
      layers: [
        .paths(
          Paths(
            data.trajectories, stroke: StrokeStyle(Method.exactColor, width: 0.7),
            startMarker: Marker(.circle, size: 2), endMarker: Marker(.circle, size: 3)))
      ])
    let grid = Panel.plane(
      title: "grid carried by $f$^*$(·;T,0)$", x: range, y: range,
      layers: [
        .deformedGrid(
          DeformedGrid(columns: data.gridSize, rows: data.gridSize, nodes: data.mappedGrid))
      ])
    return Figure(
      width: 1000, title: "Exact ground truth: \(data.target)",
      grids: [
        PanelGrid(rows: [densities]),
        PanelGrid(rows: [[velocity, covariance, trajectories, grid]]),
      ],
      caption: """
        Target "\(data.target)", linear interpolant. Top: exact density from noise ($t$ = 1) to data \
        ($t$ = 0). Bottom: marginal velocity with streamlines, trace of the conditional covariance \
        \\Sigma, exact trajectories from noise to data, and the square [−2.5, 2.5]^2 of noise carried \
        to $t$ = 0.\(pixelNote(data.densities)) Remake with: swift run toylab figure1
        """)
  }
}

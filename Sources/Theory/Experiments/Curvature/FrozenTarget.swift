// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import Tensors

/// The regression that a step of a stopped-target objective amounts to: `F(x_t; t, s)` against numbers.
///
/// It is written without a stop-gradient: the targets are values. Its gradient and Gauss–Newton matrix stand
/// beside the curvatures of ``UpdateField`` as an independent reckoning.
struct FrozenTarget {
  private let executable: Executable<Double>
  private let layout: ParameterLayout
  private let parameters: Buffer<Double>
  private let rows: Int
  private let dimension: Int
  private let target: Buffer<Double>

  init(
    network: MultilayerPerceptron, interpolant: any Interpolant, sample: [String: [Double]],
    rows: Int, pool: WorkerPool
  ) {
    let layout = network.layout
    let d = network.dimension
    self.layout = layout
    self.rows = rows
    dimension = d
    parameters = Buffer(count: layout.count)
    target = Buffer(count: rows * d)
    executable = Executable<Double>(rows: rows, pool: pool) { rows in
      let parameters = layout.tensors()
      let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
      let sample = TrainingSample.inputs(rows: rows, dimension: d, interpolant: interpolant)
      let target = Tensor.input("target", [rows, d])
      let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
      let field = flowMap.field(x, from: t, to: s)
      let velocity = flowMap.velocity(x, at: t)
      let own = flowMap.totalDerivative(x, from: t, to: s, along: velocity)
      let loss = mean(squaredNorm(field - target)) / Double(d)
      return Program(
        rows: rows, inputs: sample.declarations + [(.perRow, target)] + parameters.inputs,
        outputs: [
          ("field", .perRow, field), ("ownResidual", .perRow, own),
          // ∂_t f at the sample, and ∇f column by column.
          ("timeDerivative", .perRow, flowMap.timeDerivative(x, from: t, to: s)),
          (
            "jacobian", .perRow,
            concatenate(flowMap.spatialJacobian(x, from: t, to: s), axis: 1)
          ),
        ]
          + parameters.outputs(
            Tensors.gradient(of: loss, withRespectTo: parameters.tensors), role: .mean,
            prefix: "gradient"))
    }
    for (name, values) in sample { executable.bind(input: name, to: Buffer(values)) }
    executable.bind(input: "target", to: target)
    executable.bind(inputs: layout, prefix: "parameters", to: parameters)
  }

  /// `F(x_t; t, s)`, row-major.
  func field(_ theta: [Double]) throws -> [Double] { try run(theta)("field") }

  /// `F + D_{v̂} f`, the target of iSD.
  func ownTarget(_ theta: [Double]) throws -> [Double] {
    let output = try run(theta)
    return zip(output("field"), output("ownResidual")).map { $0 + $1 }
  }

  /// The gradient of `mean ‖F − target‖² / d` with these targets.
  func gradient(_ theta: [Double], target values: [Double]) throws -> [Double] {
    target.assign(values)
    let output = try run(theta)
    return layout.entries.flatMap { output("gradient/\($0.name)") }
  }

  /// The velocity `w` with `D_w f = ∂_t f + ∇f·w = 0` at every sample: the flow of which `f` is a map.
  func transportingVelocity(_ theta: [Double]) throws -> [Double] {
    precondition(dimension == 2, "the Jacobian is inverted in the plane")
    let output = try run(theta)
    let (rate, columns) = (output("timeDerivative"), output("jacobian"))
    return (0..<rows).flatMap { row -> [Double] in
      // columns[4 row + 2 j + i] = ∂f_i/∂x_j
      let (a, c, b, d) = (
        columns[4 * row], columns[4 * row + 1], columns[4 * row + 2], columns[4 * row + 3]
      )
      let determinant = a * d - b * c
      let (u, v) = (-rate[2 * row], -rate[2 * row + 1])
      return [(d * u - b * v) / determinant, (a * v - c * u) / determinant]
    }
  }

  private func run(_ theta: [Double]) throws -> (String) -> [Double] {
    parameters.assign(theta)
    try executable.run()
    return { executable.output($0).values }
  }
}

/// The Jacobian of a vector function by central differences of fourth order, entry `[i][j]` the change of
/// component `i` with variable `j`.
func finiteDifferenceJacobian(
  at point: [Double], step: Double, _ function: ([Double]) throws -> [Double]
) throws -> [[Double]] {
  try transposed(
    point.indices.map { variable in
      func at(_ offset: Double) throws -> [Double] {
        var moved = point
        moved[variable] += offset
        return try function(moved)
      }
      let (a, b, c, d) = (try at(-2 * step), try at(-step), try at(step), try at(2 * step))
      return a.indices.map { (8 * (c[$0] - b[$0]) - (d[$0] - a[$0])) / (12 * step) }
    })
}

/// Frobenius norm of a matrix.
func norm(_ matrix: [[Double]]) -> Double {
  matrix.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
}

/// Frobenius norm of a difference.
func distance(_ a: [[Double]], _ b: [[Double]]) -> Double {
  norm(zip(a, b).map { zip($0, $1).map { $0 - $1 } })
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Tensors

// The smallest network of figure 0, as tensors.

/// `F(x; t, s) = tanh(w₁x + w₂t + w₃s)` and its iSD loss, traced for a block of rows.
struct UnitTrace {
  let rows: Int
  let point, time, endTime, weights, direction: Tensor
  let field, tangent, loss, slope: Tensor

  init(rows: Int) {
    self.rows = rows
    let point = Tensor.input("x", [rows, 1])
    let time = Tensor.input("t", [rows, 1])
    let endTime = Tensor.input("s", [rows, 1])
    let weights = Tensor.input("w", [3, 1])
    func network(_ t: Tensor, _ s: Tensor) -> Tensor {
      tanh(matmul(concatenate([point, t, s], axis: 1), weights))
    }

    // This is the whole of the mathematics. Nothing is computed here: each line adds nodes to a graph.
    field = network(time, endTime)
    let velocity = stopGradient(network(time, time))
    tangent = derivative(of: field, along: [point: velocity, time: .ones([rows, 1])])
    let target = stopGradient(velocity - (time - endTime) * tangent)
    loss = mean(square(field - target))
    slope = gradient(of: loss, withRespectTo: weights)

    (self.point, self.time, self.endTime, self.weights) = (point, time, endTime, weights)
    direction = .input("d", [3, 1])
  }

  private typealias Output = (name: String, role: Program.OutputRole, tensor: Tensor)

  private func program(_ outputs: [Output], further: [Tensor] = []) -> Program {
    Program(
      rows: rows,
      inputs: [point, time, endTime].map { (.perRow, $0) }
        + ([weights] + further).map { (.shared, $0) }, outputs: outputs)
  }

  /// The value alone.
  var value: Program { program([("F", .perRow, field)]) }

  /// The value and its derivative along the path.
  var valueAndTangent: Program { program([("F", .perRow, field), ("dF", .perRow, tangent)]) }

  /// What a training step computes.
  var step: Program { program([("loss", .mean, loss), ("gradient", .mean, slope)]) }

  /// The derivative of the gradient along a direction of the weights: targets frozen, and moving along.
  var curvature: Program {
    func change(_ policy: StopGradientPolicy) -> Tensor {
      derivative(
        of: [slope], along: [(variable: weights, tangent: direction)], stopGradients: policy)[0]
    }
    return program(
      [("blocked", .mean, change(.blocked)), ("crossed", .mean, change(.crossed))],
      further: [direction])
  }
}

extension UnitTrace {
  /// What a program of the unit computes in Double, compiled, from numbers for its inputs.
  static func values(
    of program: @escaping (UnitTrace) -> Program, _ inputs: [String: [Double]], pool: WorkerPool
  ) throws -> [String: [Double]] {
    let rows = inputs["x"]?.count ?? 1
    let executable = Executable<Double>(rows: rows, pool: pool) { program(UnitTrace(rows: $0)) }
    return try executable.evaluate(inputs)
  }
}

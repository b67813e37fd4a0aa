// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Interpolants
public import Networks
internal import Tensors

/// N-step sampling with a trained flow map: `x ← f(x; t_i, t_{i+1})` on a uniform grid from `T` to 0.
public final class FlowMapSampler<Scalar: EngineScalar> {
  public let rows: Int
  public let dimension: Int
  private let endTime: Double
  private let executable: Executable<Scalar>
  private let points: Buffer<Scalar>
  private let mapped: Buffer<Scalar>
  private let times: Buffer<Scalar>

  /// Compiles the map for a number of points, reading the parameters from `parameters` at every call.
  public init(
    network: some Network, interpolant: any Interpolant, parameters: Buffer<Scalar>, rows: Int,
    pool: WorkerPool
  ) {
    let dimension = network.dimension
    self.rows = rows
    self.dimension = dimension
    endTime = interpolant.endTime
    executable = Executable<Scalar>(rows: rows, pool: pool) { rows in
      let tensors = network.layout.tensors()
      let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: tensors)
      let x = Tensor.input("points", [rows, dimension])
      let times = Tensor.input("times", [2])
      func column(_ index: Int) -> Tensor {
        times.sliced(index..<index + 1, axis: 0).broadcast(to: [rows, 1])
      }
      let y = flowMap.map(x, from: column(0), to: column(1))
      return Program(
        rows: rows, inputs: [(.perRow, x), (.shared, times)] + tensors.inputs,
        outputs: [("mapped", .perRow, y)])
    }
    points = Buffer(count: rows * dimension)
    mapped = Buffer(count: rows * dimension)
    times = Buffer(count: 2)
    executable.bind(input: "points", to: points)
    executable.bind(input: "times", to: times)
    executable.bind(output: "mapped", to: mapped)
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
  }

  /// `f(x; t, s)` of row-major points.
  public func map(_ values: [Double], from t: Double, to s: Double) throws(EngineError) -> [Double]
  {
    points.assign(values)
    times[0] = Scalar(t)
    times[1] = Scalar(s)
    try executable.run()
    return mapped.values
  }

  /// Points carried from `T` to 0 in `steps` equal steps.
  ///
  /// - Returns: the points before the first and after every step: `steps + 1` arrays, the last one
  ///   holding the samples.
  public func trajectory(_ noise: [Double], steps: Int) throws(EngineError) -> [[Double]] {
    var path = [noise]
    for (t, s) in times(steps: steps) { path.append(try map(path[path.count - 1], from: t, to: s)) }
    return path
  }

  /// Samples: noise carried from `T` to 0 in `steps` equal steps.
  public func sample(_ noise: [Double], steps: Int = 1) throws(EngineError) -> [Double] {
    var points = noise
    for (t, s) in times(steps: steps) { points = try map(points, from: t, to: s) }
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
}

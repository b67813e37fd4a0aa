// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
public import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// The error of central-difference tangents of a random network against their step `ε`, in both precisions.
///
/// `[F(x + εw, t + ε, s) − F(x − εw, t − ε, s)]/2ε = D F + ε²/6 D³F + O(ε⁴)` with `D` the derivative along
/// `(w, 1, 0)`. In a precision of unit roundoff `u` each of the two values carries an error of order
/// `u |F|`, which the quotient multiplies by `1/ε`. Errors are relative: the root mean square over points
/// divided by that of the exact tangent.
public struct TangentError: Sendable, Codable {
  public struct Point: Sendable, Codable, Equatable {
    public let step: Double
    /// Measured in Double and in Float.
    public let double: Double
    public let single: Double
    /// `ε²/6 ‖D³F‖`, by three nested exact derivatives.
    public let predicted: Double
  }

  public let interpolant: InterpolantKind
  public let points: [Point]

  /// Measures the errors for each step.
  ///
  /// - Parameters:
  ///   - steps: positive, in the interpolant's unit of time.
  ///   - rows: points to average over.
  /// - Throws: `EngineError`.
  public init(
    _ kind: InterpolantKind, steps: [Double], rows: Int = 512, seed: UInt64, pool: WorkerPool
  ) throws {
    precondition(!steps.isEmpty && steps.allSatisfy { $0 > 0 }, "steps are positive: \(steps)")
    let network = MultilayerPerceptron(width: 32, depth: 2)
    let values = Self.inputs(network, kind, rows: rows, seed: seed)
    let parameters = RandomStream(seed: seed, purpose: .tangents).appending("parameters")
    let initial = network.initialParameters(parameters).map { Double(Float($0)) }
    func results<Scalar: EngineScalar>(_: Scalar.Type) throws -> [String: [Double]] {
      let executable = Executable<Scalar>(rows: rows, pool: pool) {
        Self.program(network, kind, steps: steps, rows: $0)
      }
      executable.bind(
        inputs: network.layout, prefix: "parameters", to: Buffer<Scalar>(initial))
      return try executable.evaluate(values)
    }
    let (double, single) = (try results(Double.self), try results(Float.self))
    let exact = double["exact", default: []]
    let third = Self.norm(double["third", default: []]) / Self.norm(exact)
    interpolant = kind
    points = steps.enumerated().map { index, step in
      func error(_ found: [String: [Double]]) -> Double {
        let quotient = found["difference\(index)", default: []]
        return Self.norm(zip(quotient, exact).map { $0 - $1 }) / Self.norm(exact)
      }
      return Point(
        step: step, double: error(double), single: error(single), predicted: step * step / 6 * third
      )
    }
  }

  /// The slope of the errors over steps in a range.
  public func slope(
    of error: KeyPath<Point, Double>, over range: ClosedRange<Double>
  ) -> LogLogSlope {
    LogLogSlope(points.filter { range.contains($0.step) }.map { ($0.step, $0[keyPath: error]) })
  }

  /// Points, directions and times that single precision holds exactly, so that both precisions
  /// differentiate at the same place.
  private static func inputs(
    _ network: MultilayerPerceptron, _ kind: InterpolantKind, rows: Int, seed: UInt64
  ) -> [String: [Double]] {
    let stream = RandomStream(seed: seed, purpose: .tangents)
    func rounded(_ values: [Double]) -> [Double] { values.map { Double(Float($0)) } }
    func normals(_ purpose: String) -> [Double] {
      rounded(stream.appending(purpose).normals(rows: rows, draws: network.dimension))
    }
    let uniforms = stream.appending("times").uniforms(rows: rows, draws: 2)
    let end = kind.interpolant.endTime
    let times = (0..<rows).map { end * (0.1 + 0.8 * uniforms[2 * $0]) }
    return [
      "x": normals("points"), "w": normals("directions"), "t": rounded(times),
      "s": rounded(zip(times, 0..<rows).map { $0 * uniforms[2 * $1 + 1] }),
    ]
  }

  private static func program(
    _ network: MultilayerPerceptron, _ kind: InterpolantKind, steps: [Double], rows: Int
  ) -> Program {
    let parameters = network.layout.tensors()
    let flowMap = FlowMap(
      interpolant: kind.interpolant, network: network, parameters: parameters)
    let x = Tensor.input("x", [rows, network.dimension])
    let w = Tensor.input("w", [rows, network.dimension])
    let t = Tensor.input("t", [rows, 1])
    let s = Tensor.input("s", [rows, 1])
    func tangent(_ method: TangentMethod) -> Tensor {
      flowMap.fieldTangent(x, from: t, to: s, along: w, timeRate: 1, method: method)
    }
    func along(_ output: Tensor) -> Tensor {
      derivative(of: output, along: [x: w, t: .ones(t.shape)])
    }
    let exact = tangent(.exact)
    let differences = steps.map { tangent(.centralDifference(step: $0)) }
    return Program(
      rows: rows, inputs: [x, w, t, s].map { (.perRow, $0) } + parameters.inputs,
      outputs: [("exact", .perRow, exact), ("third", .perRow, along(along(exact)))]
        + differences.enumerated().map { ("difference\($0.offset)", .perRow, $0.element) })
  }

  private static func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// Claim 1: what the form `f = (A' x − A F)/ν` guarantees for any network `F`.
///
/// `A(t,t) = 0` and `A'(t,t) = ν` give `f(x;t,t) = x`. With `F = v_c = α'x + σ'z` and
/// `A = α(s)σ(t) − σ(s)α(t)` the products collapse to `f = α(s)x + σ(s)z`, a point of the same straight
/// pair. `∂_s A = −ν` and `∂_s A' = 0` on the diagonal give `∂_s f(x;t,s) = F(x;t,t)` at `s = t`:
/// the diagonal of the network is the velocity.
enum RepresentationCheck: TheoryCheck {
  static let number = 1
  static let claim = "f(x;t,t) = x; F = v_c gives x_s; ∂_s f at s = t is F(x;t,t)"

  static func run(_ session: CheckSession) throws -> [Finding] {
    try InterpolantKind.allCases.flatMap { try findings($0, session) }
  }

  private static func findings(
    _ kind: InterpolantKind, _ session: CheckSession
  ) throws -> [Finding] {
    let interpolant = kind.interpolant
    let network = MultilayerPerceptron(dimension: 2, width: 32, depth: 2)
    let rows = session.isThorough ? 16_384 : 1024
    let executable = Executable<Double>(rows: rows, pool: session.pool) { rows in
      violations(network, interpolant, rows: rows)
    }
    let stream = RandomStream(seed: session.seed, purpose: .check1)
    let parameters = Buffer<Double>(
      network.initialParameters(stream.appending("parameters")))
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    let uniforms = stream.appending("times").uniforms(rows: rows, draws: 2)
    func times(_ order: (Double, Double) -> Double) -> [Double] {
      (0..<rows).map { interpolant.endTime * order(uniforms[2 * $0], uniforms[2 * $0 + 1]) }
    }
    let found = try executable.evaluate([
      "data": stream.appending("data").normals(rows: rows, draws: 2),
      "noise": stream.appending("noise").normals(rows: rows, draws: 2),
      "time": times(max), "endTime": times(min),
      "fraction": Array(repeating: 0.5, count: rows),
    ])
    return quantities.map { name, quantity in
      let largest = found[name, default: [.nan]].reduce(0) { $0.isNaN ? $0 : max($0, $1) }
      return Finding(
        "\(kind.rawValue): largest \(quantity)", measured: largest, .atMost(1e-13))
    }
  }

  private static let quantities = [
    ("diagonal", "|f(x;t,t) − x|"), ("path", "|f − x_s| with F = v_c"),
    ("slope", "|∂_s f(x;t,s) − F(x;t,t)| at s = t"),
  ]

  /// The largest violation of each identity for every row, `[rows]`.
  private static func violations(
    _ network: MultilayerPerceptron, _ interpolant: any Interpolant, rows: Int
  ) -> Program {
    let parameters = network.layout.tensors()
    let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
    let sample = TrainingSample.inputs(rows: rows, dimension: 2, interpolant: interpolant)
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let onPath = FlowMap(interpolant: interpolant) { _, _, _ in sample.conditionalVelocity }
    let zero = Tensor.zeros(s.shape)
    let there =
      interpolant.signal(at: Dual(s, rate: zero)).value * sample.data
      + interpolant.noise(at: Dual(s, rate: zero)).value * sample.noise
    // An end time with the value of t that moves with s alone.
    let end = t + (s - stopGradient(s))
    let slope = derivative(of: flowMap.map(x, from: t, to: end), along: [s: .ones(s.shape)])
    func largest(_ difference: Tensor) -> Tensor { abs(difference).maximum([1]) }
    return Program(
      rows: rows, inputs: sample.declarations + parameters.inputs,
      outputs: [
        ("diagonal", .perRow, largest(flowMap.map(x, from: t, to: t) - x)),
        ("path", .perRow, largest(onPath.map(x, from: t, to: s) - there)),
        ("slope", .perRow, largest(slope - flowMap.velocity(x, at: t))),
      ])
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// Claim 10: `∇ E[F·sg(y)] = ∇ E[½‖F − sg(F) + y‖²]` (arXiv 2410.11081, arXiv 2505.13447).
///
/// The right side is `E[(∇F)ᵀ (F − sg(F) + y)]`, and `F − sg(F)` is zero: only `(∇F)ᵀ y` is left. Its value,
/// `½ E‖y‖²`, is another matter. The identity needs both stops: without that of `F` the gradient gains
/// `(∇F)ᵀ F`, without that of a `y` that depends on the parameters, `(∇y)ᵀ y`.
///
/// A forward derivative along a direction of the parameters, which shares no rule with the reverse mode,
/// confirms the gradient; the sCM objective confirms it in use, with `y = −A' D_{v_c} f`.
enum GradientEquivalenceCheck: TheoryCheck {
  static let number = 10
  static let claim = "∇E[F·sg(y)] = ∇E[½‖F − sg(F) + y‖²] to rounding"

  static func run(_ session: CheckSession) throws -> [Finding] {
    try InterpolantKind.allCases.flatMap { kind -> [Finding] in
      let double = try Gradients(kind, session, Double.self)
      let single = try Gradients(kind, session, Float.self)
      // Sums over a thousand rows and thirty-two units in pairwise or blocked order: a few hundred
      // roundings at most.
      let (doubleBound, singleBound): (Double, Double) = (0x1p-44, 0x1p-15)
      return [
        Finding(
          "\(kind.rawValue): relative difference in Double",
          measured: double.difference("product", "square"), .atMost(doubleBound)),
        Finding(
          "\(kind.rawValue): relative difference in Float",
          measured: single.difference("product", "square"), .atMost(singleBound)),
        Finding(
          "\(kind.rawValue): gradient along a direction against the forward derivative",
          measured: double.forwardDifference, .atMost(doubleBound)),
        Finding(
          "\(kind.rawValue): sCM's gradient against −2∇E[F·sg(A' D f)]",
          measured: double.difference("tangent", "consistency"), .atMost(doubleBound)),
        Finding(
          "\(kind.rawValue): relative difference without the stop of F",
          measured: double.difference("product", "moving"), .atLeast(0.1)),
      ]
    }
  }

  /// The gradients of each form, and the forward derivative of the product along a direction.
  private struct Gradients {
    private let found: [String: [Double]]
    private let direction: [Double]
    private static let names = ["product", "square", "moving", "tangent", "consistency"]

    init<Scalar: EngineScalar>(
      _ kind: InterpolantKind, _ session: CheckSession, _: Scalar.Type
    ) throws {
      let network = MultilayerPerceptron(width: 32, depth: 2)
      let rows = 1024
      let stream = RandomStream(seed: session.seed, purpose: .check10)
      let executable = Executable<Scalar>(rows: rows, pool: session.pool) {
        program(network, kind, rows: $0)
      }
      direction = stream.appending("direction").normals(rows: 1, draws: network.layout.count)
      executable.bind(
        inputs: network.layout, prefix: "parameters",
        to: Buffer<Scalar>(network.initialParameters(stream.appending("parameters"))))
      executable.bind(
        inputs: network.layout, prefix: "direction", to: Buffer<Scalar>(direction))
      let gradients = Self.names.map { name in
        let buffer = Buffer<Scalar>(count: network.layout.count)
        executable.bind(outputs: network.layout, prefix: name, to: buffer)
        return (name, buffer)
      }
      let uniforms = stream.appending("times").uniforms(rows: rows, draws: 2)
      func times(_ order: (Double, Double) -> Double) -> [Double] {
        (0..<rows).map { kind.endTime * order(uniforms[2 * $0], uniforms[2 * $0 + 1]) }
      }
      var found = try executable.evaluate([
        "data": stream.appending("data").normals(rows: rows, draws: 2),
        "noise": stream.appending("noise").normals(rows: rows, draws: 2),
        "y": stream.appending("y").normals(rows: rows, draws: 2),
        "time": times(max), "endTime": times(min),
        "fraction": Array(repeating: 0.5, count: rows),
      ])
      for (name, buffer) in gradients { found[name] = buffer.values }
      self.found = found
    }

    /// `‖a − b‖/‖a‖`
    func difference(_ first: String, _ second: String) -> Double {
      let (a, b) = (found[first, default: []], found[second, default: []])
      let distance = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      return (distance / a.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }

    /// The gradient times the direction against the forward derivative, relative to the norms' product.
    var forwardDifference: Double {
      let gradient = found["square", default: []]
      let slope = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let scale =
        gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        * direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return abs(slope - (found["forward"]?.first ?? .nan)) / scale
    }
  }

  private static func program(
    _ network: MultilayerPerceptron, _ kind: InterpolantKind, rows: Int
  ) -> Program {
    let interpolant = kind.interpolant
    let parameters = network.layout.tensors()
    let direction = network.layout.tensors(prefix: "direction")
    let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
    let sample = TrainingSample.inputs(rows: rows, dimension: 2, interpolant: interpolant)
    let y = Tensor.input("y", [rows, 2])
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let field = flowMap.field(x, from: t, to: s)
    let product = mean((field * stopGradient(y)).sum([1]))
    let change = flowMap.totalDerivative(x, from: t, to: s, along: sample.conditionalVelocity)
    let (start, end) = (Dual(t, rate: .ones(t.shape)), Dual(s, rate: .zeros(s.shape)))
    let rate = interpolant.separation(from: start, to: end).rate
    let context = ObjectiveContext(flowMap: flowMap, sample: sample)
    let losses: [(String, Tensor)] = [
      ("product", product),
      ("square", 0.5 * mean(squaredNorm(field - stopGradient(field) + y))),
      ("moving", 0.5 * mean(squaredNorm(field + y))),
      ("tangent", -2 * mean((field * stopGradient(rate * change)).sum([1]))),
      ("consistency", mean(Objective.stabilizedConsistency.perSample(context))),
    ]
    let forward = derivative(of: [product], along: zip(parameters.tensors, direction.tensors))[0]
    return Program(
      rows: rows,
      inputs: sample.declarations + [(.perRow, y)] + parameters.inputs + direction.inputs,
      outputs: losses.flatMap { name, loss in
        parameters.outputs(
          gradient(of: loss, withRespectTo: parameters.tensors), role: .mean, prefix: name)
      } + [("forward", .mean, forward)])
  }
}

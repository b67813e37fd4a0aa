// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
public import GroundTruth
public import Interpolants
internal import Networks
internal import RandomStreams
internal import Tensors

/// The updates of consistency distillation (CD) and consistency training (CT) of a random network, and how
/// their differences fall with the step `Δ`.
///
/// Both losses fall like `Δ²` and their gradients like `Δ`, so updates are compared per unit of `Δ`:
/// `G = ∇L/Δ`. With a stopped target the gradient is linear in the target, so that CT's expected update needs
/// `E[f(x_u; u, 0) | x_t]`. It is taken exactly: every point `x_t` comes with the nodes of a
/// ``PosteriorQuadrature`` over the data behind it, each a training sample of its own whose noise is
/// `(x_t − α x)/σ`.
///
/// Given `x_t`, `x_u = x_t − Δ v_c + O(Δ²)` has the mean `x_t − Δ v* + O(Δ²)`, that of CD's Euler step, and
/// `E f(x_u)` differs from `f(E x_u)` by `½ Δ² tr(∇²f Σ)`. Targets differ by `O(Δ²)`, updates per unit of
/// `Δ` by `O(Δ)`. Loss values do not: the variance of the target adds `Δ² E tr(∇f Σ ∇fᵀ)`, as much as the
/// loss itself.
public struct ConsistencyGap: Sendable, Codable {
  /// Differences of updates, as `‖G − G'‖/‖G₀‖` with `G₀` the continuous limit `2 E[(∇_θ f)ᵀ D_{v*} f]`.
  public struct Point: Sendable, Codable, Equatable {
    public let step: Double
    /// CT − CD with Euler steps, the conditional expectation exact.
    public let training: Double
    /// The same with one draw of data behind each of as many points as there are nodes in all.
    public let sampled: Double
    /// CD with Euler steps − CD with exact steps.
    public let euler: Double
    /// CD with Heun steps − CD with exact steps.
    public let heun: Double
    /// CT − `G₀`.
    public let limit: Double
    /// `(L_CT − L_CD)/Δ²` in units of `E tr(∇f Σ ∇fᵀ)`.
    public let lossRatio: Double
  }

  public let interpolant: InterpolantKind
  public let points: [Point]

  /// - Parameters:
  ///   - steps: positive, at most a tenth of the interpolant's duration.
  ///   - count: points `x_t`, with `t` uniform between 0.2 and 0.9 of the duration.
  ///   - order: nodes a direction of the quadrature.
  /// - Throws: `EngineError`, `FlowMapError`.
  public init(
    _ kind: InterpolantKind, target: GaussianMixture, steps: [Double], count: Int = 24,
    order: Int = 5, seed: UInt64, pool: WorkerPool
  ) throws {
    precondition(
      !steps.isEmpty && steps.allSatisfy { $0 > 0 && $0 <= 0.1 * kind.endTime },
      "steps lie above 0 and at most at a tenth of the duration: \(steps)")
    precondition(count > 0, "a gap needs points, not \(count)")
    let batch = Batch(kind, target: target, count: count, order: order, seed: seed)
    let gradients = Updates(kind, target: target, rows: batch.rows, seed: seed, pool: pool)
    let limit = try gradients.run(batch.exact, step: steps[0])
    let scale = norm(limit.update("limit"))
    let exactMap = ExactFlowMap(of: target, interpolant: kind.interpolant)
    interpolant = kind
    points = try steps.map { step in
      let exact = try gradients.run(try batch.exact.stepped(step, exactMap), step: step)
      let drawn = try gradients.run(batch.drawn, step: step)
      func distance(_ found: Updates.Found, _ first: String, _ second: String) -> Double {
        norm(zip(found.update(first), found.update(second)).map { $0 - $1 }) / scale
      }
      return Point(
        step: step, training: distance(exact, "training", "euler"),
        sampled: distance(drawn, "training", "euler"),
        euler: distance(exact, "euler", "exact"), heun: distance(exact, "heun", "exact"),
        limit: distance(exact, "training", "limit"),
        lossRatio: (exact.loss("training") - exact.loss("euler")) / (step * step)
          / exact.loss("variance"))
    }
  }

  /// The slope of a difference over all steps.
  public func slope(of difference: KeyPath<Point, Double>) -> LogLogSlope {
    LogLogSlope(points.map { ($0.step, $0[keyPath: difference]) })
  }
}

private func norm(_ values: [Double]) -> Double {
  values.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

// MARK: - The batch

/// Points with the data behind them, all of it or one draw each.
private struct Batch {
  let exact: Rows
  let drawn: Rows
  var rows: Int { exact.times.count }

  init(
    _ kind: InterpolantKind, target: GaussianMixture, count: Int, order: Int, seed: UInt64
  ) {
    let interpolant = kind.interpolant
    let stream = RandomStream(seed: seed, purpose: .consistencyGap)
    let quadrature = PosteriorQuadrature(
      mixture: target, interpolant: interpolant, order: order)
    let rows = count * quadrature.count
    let d = target.dimension
    let data = target.samples(count: rows, stream: stream.appending("data"))
    let noise = stream.appending("noise").normals(rows: rows, draws: d)
    let times = stream.appending("times").uniforms(rows: rows, draws: 1).map {
      kind.endTime * (0.2 + 0.7 * $0)
    }
    var exact = Rows()
    for point in 0..<count {
      let range = point * d..<(point + 1) * d
      let c = interpolant.coefficients(at: times[point])
      let noisy = interpolant.noisy(
        data: Array(data[range]), noise: Array(noise[range]), at: times[point])
      for node in quadrature.nodes(behind: noisy, at: times[point]) {
        exact.data += node.data
        exact.noise += zip(noisy, node.data).map { ($0 - c.signal * $1) / c.noise }
        exact.noisy += noisy
        exact.times.append(times[point])
        exact.weights.append(node.weight / Double(count))
      }
    }
    self.exact = exact
    drawn = Rows(
      data: data, noise: noise, noisy: Array(repeating: 0, count: rows * d), times: times,
      weights: Array(repeating: 1 / Double(rows), count: rows))
  }
}

/// Training samples with weights; `noisy` becomes the exact step from there.
private struct Rows {
  var data: [Double] = []
  var noise: [Double] = []
  var noisy: [Double] = []
  var times: [Double] = []
  var weights: [Double] = []

  /// The rows with each distinct point carried back by a step of the exact flow.
  func stepped(_ step: Double, _ flow: ExactFlowMap) throws -> Rows {
    var carried = self
    let d = flow.velocity.dimension
    var last: (time: Double, image: [Double])?
    for row in times.indices {
      let range = row * d..<(row + 1) * d
      // The nodes behind one point follow each other.
      if last?.time != times[row] {
        last = (
          times[row],
          try flow.map(Array(noisy[range]), from: times[row], to: times[row] - step)
        )
      }
      carried.noisy.replaceSubrange(range, with: last?.image ?? [])
    }
    return carried
  }
}

// MARK: - The updates

/// The weighted losses and gradients of every objective on one batch.
private final class Updates {
  struct Found {
    let losses: [String: [Double]]
    let updates: [String: [Double]]
    func loss(_ name: String) -> Double { losses["loss " + name]?.first ?? .nan }
    func update(_ name: String) -> [Double] { updates[name, default: []] }
  }

  private static let names = ["training", "euler", "heun", "exact", "limit"]
  private let executable: Executable<Double>
  private let gradients: [(name: String, buffer: Buffer<Double>)]

  init(
    _ kind: InterpolantKind, target: GaussianMixture, rows: Int, seed: UInt64, pool: WorkerPool
  ) {
    let network = MultilayerPerceptron(dimension: target.dimension, width: 24, depth: 2)
    executable = Executable<Double>(rows: rows, pool: pool) {
      Self.program(network, kind, target, rows: $0)
    }
    let stream = RandomStream(seed: seed, purpose: .consistencyGapNetwork)
    executable.bind(
      inputs: network.layout, prefix: "parameters",
      to: Buffer<Double>(network.initialParameters(stream)))
    gradients = Self.names.map { ($0, Buffer<Double>(count: network.layout.count)) }
    for (name, buffer) in gradients {
      executable.bind(outputs: network.layout, prefix: name, to: buffer)
    }
  }

  /// Updates per unit of the step; the limit as it is.
  func run(_ rows: Rows, step: Double) throws(EngineError) -> Found {
    let losses = try executable.evaluate([
      "data": rows.data, "noise": rows.noise, "exactStep": rows.noisy, "time": rows.times,
      "endTime": rows.times.map { _ in 0 }, "fraction": rows.times.map { ($0 - step) / $0 },
      "weight": rows.weights,
    ])
    let updates = gradients.map { name, buffer in
      (name, name == "limit" ? buffer.values : buffer.values.map { $0 / step })
    }
    return Found(losses: losses, updates: Dictionary(uniqueKeysWithValues: updates))
  }

  private static func program(
    _ network: MultilayerPerceptron, _ kind: InterpolantKind, _ target: GaussianMixture, rows: Int
  ) -> Program {
    let interpolant = kind.interpolant
    let parameters = network.layout.tensors()
    let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: parameters)
    let sample = TrainingSample.inputs(
      rows: rows, dimension: target.dimension, interpolant: interpolant)
    let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
    let exactStep = Tensor.input("exactStep", [rows, target.dimension])
    let weight = Tensor.input("weight", [rows, 1])
    let mixture = SymbolicMixture(target)
    let velocity = { @Sendable (x: Tensor, t: Tensor) in
      mixture.marginal(x, at: t, interpolant: interpolant).velocity
    }
    let context = ObjectiveContext(
      flowMap: flowMap, sample: sample, exactVelocity: { x, t, _ in velocity(x, t) })
    let value = flowMap.map(x, from: t, to: s)
    let u = s + sample.fraction * (t - s)
    let change = flowMap.totalDerivative(x, from: t, to: s, along: sample.conditionalVelocity)
    let scatter = flowMap.spatialDerivative(
      x, from: t, to: s, along: sample.conditionalVelocity - velocity(x, t))
    let losses: [(name: String, perSample: Tensor)] = [
      ("training", Objective.consistencyTraining.perSample(context)),
      ("euler", Objective.consistencyDistillation.perSample(context)),
      ("heun", Objective.consistencyDistillationHeun.perSample(context)),
      ("exact", squaredNorm(value - stopGradient(flowMap.map(exactStep, from: u, to: s)))),
      ("limit", 2 * (value * stopGradient(change)).sum([1])),
      ("variance", squaredNorm(scatter)),
    ]
    let sums = losses.map {
      (name: $0.name, sum: ($0.perSample.reshaped(to: [rows, 1]) * weight).sum())
    }
    return Program(
      rows: rows,
      inputs: sample.declarations + [(.perRow, exactStep), (.perRow, weight)] + parameters.inputs,
      outputs: sums.map { ("loss " + $0.name, .sum, $0.sum) }
        + sums.filter { names.contains($0.name) }.flatMap { loss in
          parameters.outputs(
            gradient(of: loss.sum, withRespectTo: parameters.tensors), role: .sum,
            prefix: loss.name)
        })
  }
}

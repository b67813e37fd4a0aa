// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
internal import FlowMaps
public import GroundTruth
public import Interpolants
public import Measures
public import Networks
internal import Tensors

/// The three terms of `E‖D_{v_c} f‖² = E‖D_{v*} f‖² + E tr(∇f Σ ∇fᵀ)`, row by row, for a network's map.
///
/// `D_{v_c} f − D_{v*} f = ∇f (v_c − v*)` is linear in the conditional noise, whose mean given `x_t` is
/// zero and whose covariance is `Σ`; the cross term vanishes and the square gives the variance term.
public struct LossIdentity {
  private let executable: Executable<Double>

  /// - Parameters:
  ///   - parameters: of the network, in its layout's order.
  ///   - rows: pairs in a batch.
  public init(
    network: MultilayerPerceptron, parameters: [Double], target: GaussianMixture,
    interpolant kind: InterpolantKind, rows: Int, pool: WorkerPool
  ) {
    precondition(rows > 1, "standard errors need two pairs or more, not \(rows)")
    executable = Executable<Double>(rows: rows, pool: pool) { rows in
      let tensors = network.layout.tensors()
      let interpolant = kind.interpolant
      let d = target.dimension
      let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: tensors)
      let sample = TrainingSample.inputs(rows: rows, dimension: d, interpolant: interpolant)
      let (x, t, s) = (sample.noisy, sample.time, sample.endTime)
      let truth = SymbolicMixture(target).marginal(x, at: t, interpolant: interpolant)
      func point(_ w: Tensor) -> FlowMapPoint {
        FlowMapPoint(
          flowMap, x, from: t, to: s, velocity: w, covariance: truth.velocityCovariance)
      }
      return Program(
        rows: rows, inputs: sample.declarations + tensors.inputs,
        outputs: [
          (
            "direct", .perRow, point(sample.conditionalVelocity).tensor(.squaredTotalDerivative)
          ),
          ("eulerian", .perRow, point(truth.velocity).tensor(.squaredTotalDerivative)),
          ("variance", .perRow, point(truth.velocity).tensor(.varianceTerm)),
        ])
    }
    executable.bind(inputs: network.layout, prefix: "parameters", to: Buffer(parameters))
  }

  /// The terms at the pairs of a batch.
  ///
  /// - Throws: `EngineError`.
  public func terms(_ batch: PairBatch) throws -> Terms { try terms(batch.inputs) }

  /// The variance term `tr(∇f Σ ∇fᵀ)` at given points, which need no pair.
  ///
  /// - Parameters:
  ///   - points: `rows × d`, row-major.
  ///   - t: above 0 and below `T`, in the interpolant's unit; `s` at most `t`.
  public func varianceTerm(
    at points: [Double], t: Double, s: Double, interpolant kind: InterpolantKind
  ) throws -> [Double] {
    let signal = kind.interpolant.coefficients(at: t).signal
    precondition(signal > 0, "points at t = \(t) do not come from data")
    let rows = executable.rows
    func column(_ value: Double) -> [Double] { Array(repeating: value, count: rows) }
    // The pair x_t = α x with no noise stands for the point; the variance term sees x_t alone.
    return try terms([
      "data": points.map { $0 / signal }, "noise": points.map { _ in 0 }, "time": column(t),
      "endTime": column(s), "fraction": column(0.5),
    ]).variance
  }

  private func terms(_ inputs: [String: [Double]]) throws -> Terms {
    let found = try executable.evaluate(inputs)
    func values(_ name: String) -> [Double] { found[name] ?? [] }
    return Terms(
      direct: values("direct"), eulerian: values("eulerian"), variance: values("variance"))
  }

  /// The terms of every row.
  public struct Terms: Sendable {
    /// `‖D_{v_c} f‖²`
    public let direct: [Double]
    /// `‖D_{v*} f‖²`
    public let eulerian: [Double]
    /// `tr(∇f Σ ∇fᵀ)`
    public let variance: [Double]

    /// The mean of left side minus right side: zero within its error if the identity holds.
    public var gap: Estimate {
      Estimate(meanOf: direct.indices.map { direct[$0] - eulerian[$0] - variance[$0] })
    }
  }
}

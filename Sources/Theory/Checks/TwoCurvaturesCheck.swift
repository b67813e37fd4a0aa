// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Training

/// Claim 13: an objective with a stopped target has two curvatures, and they differ.
///
/// The update is `g(θ) = (2/d) E[J_Fᵀ (F_θ − y(θ))]`, `J_F = ∂F/∂θ` and `y = F + Df` the target, which no
/// gradient enters. Its derivative is
///
///     ∂g/∂θ = (2/d) E[J_Fᵀ J_F + Σ_i (F_i − y_i) ∇²F_i] − (2/d) E[J_Fᵀ ∂y/∂θ].
///
/// Frozen targets leave the first bracket: the Hessian of a function, symmetric, and the Gauss–Newton matrix
/// where the residual `Df` is zero. Moving targets add the last term, which has no reason to be symmetric; even
/// where `Df = 0`, as `∂y/∂θ` is not zero there. Any map with invertible `∇f` has `D_w f = 0` for the velocity
/// `w = −(∇f)⁻¹ ∂_t f`, so that a fixed point of eulerianSemi is at hand for random parameters.
///
/// Both are held against differences of the update field, and of the gradient of a regression on fixed numbers
/// that contains no stop-gradient. A stop-gradient that blocked tangents under every derivative would make both
/// the same, and fail.
enum TwoCurvaturesCheck: TheoryCheck {
  static let number = 13
  static let claim =
    "frozen targets: a symmetric Hessian, Gauss–Newton where Df = 0; moving targets: another matrix"

  private static let rows = 24
  private static let network = MultilayerPerceptron(dimension: 2, width: 5, depth: 1)
  private static let interpolant = LinearInterpolant()

  static func run(_ session: CheckSession) throws -> [Finding] {
    let theta = network.initialParameters(
      RandomStream(seed: session.seed, purpose: .check13Parameters))
    let sample = batch(session.seed)
    let frozen = FrozenTarget(
      network: network, interpolant: interpolant, sample: sample, rows: rows, pool: session.pool)
    return try fixedPointFindings(theta, sample, frozen, session)
      + objectiveFindings(theta, sample, frozen, session)
  }

  private static func batch(_ seed: UInt64) -> [String: [Double]] {
    let stream = RandomStream(seed: seed, purpose: .check13)
    let uniforms = stream.appending("times").uniforms(rows: rows, draws: 2)
    func times(_ order: (Double, Double) -> Double) -> [Double] {
      (0..<rows).map { interpolant.endTime * order(uniforms[2 * $0], uniforms[2 * $0 + 1]) }
    }
    return [
      "data": stream.appending("data").normals(rows: rows, draws: 2),
      "noise": stream.appending("noise").normals(rows: rows, draws: 2),
      "time": times(max), "endTime": times(min),
      "fraction": Array(repeating: 0.5, count: rows),
    ]
  }

  private static func field(
    _ objective: Objective, _ sample: [String: [Double]], velocity: [Double]? = nil,
    _ session: CheckSession
  ) -> UpdateField<Double> {
    UpdateField(
      TrainingLoss(objective: objective), network: network, interpolant: interpolant,
      batch: UpdateField.Batch(sample: sample, velocity: velocity), rows: rows, pool: session.pool)
  }

  /// At `Df = 0`: no update, the frozen Hessian is Gauss–Newton, the Jacobian is not.
  private static func fixedPointFindings(
    _ theta: [Double], _ sample: [String: [Double]], _ frozen: FrozenTarget,
    _ session: CheckSession
  ) throws -> [Finding] {
    let velocity = try frozen.transportingVelocity(theta)
    let update = field(.eulerianSemi, sample, velocity: velocity, session)
    let hessian = try update.matrix(.hessian, at: theta)
    let jacobian = try update.matrix(.updateFieldJacobian, at: theta)
    let slopes = try finiteDifferenceJacobian(at: theta, step: step) { try frozen.field($0) }
    let gaussNewton = theta.indices.map { i in
      theta.indices.map { j in
        slopes.reduce(0) { $0 + $1[i] * $1[j] } * 2 / Double(slopes.count)
      }
    }
    let scale = norm(hessian)
    return [
      Finding(
        "largest update where Df = 0",
        measured: try update.update(theta).reduce(0) { max($0, abs($1)) }, .atMost(1e-13)),
      Finding(
        "frozen Hessian less Gauss–Newton where Df = 0, relative",
        measured: distance(hessian, gaussNewton) / scale, .atMost(differenceError)),
      Finding(
        "Jacobian of the update less the frozen Hessian where Df = 0, relative",
        measured: distance(jacobian, hessian) / scale, .atLeast(visible)),
      Finding(
        "asymmetry of the Jacobian where Df = 0, relative",
        measured: distance(jacobian, transposed(jacobian)) / norm(jacobian), .atLeast(visible)),
    ]
  }

  /// For objectives at random parameters, where `Df ≠ 0`.
  private static func objectiveFindings(
    _ theta: [Double], _ sample: [String: [Double]], _ frozen: FrozenTarget,
    _ session: CheckSession
  ) throws -> [Finding] {
    let objectives: [Objective] = [
      .directSemi, .improvedSelfDistillation, .eulerianSelfDistillation,
      .lagrangianSelfDistillation,
    ]
    var findings = try objectives.flatMap { objective -> [Finding] in
      session.progress("curvatures of \(objective.shortName)")
      let update = field(objective, sample, session)
      let hessian = try update.matrix(.hessian, at: theta)
      let jacobian = try update.matrix(.updateFieldJacobian, at: theta)
      let differences = try finiteDifferenceJacobian(at: theta, step: step, update.update)
      let name = objective.shortName
      let scale = norm(jacobian)
      return [
        Finding(
          "\(name): asymmetry of the frozen Hessian, relative",
          measured: distance(hessian, transposed(hessian)) / norm(hessian), .atMost(1e-13)),
        Finding(
          "\(name): asymmetry of the Jacobian, relative",
          measured: distance(jacobian, transposed(jacobian)) / scale, .atLeast(visible)),
        Finding(
          "\(name): Jacobian less differences of the update, relative",
          measured: distance(jacobian, differences) / scale, .atMost(differenceError)),
        Finding(
          "\(name): frozen Hessian less differences of the update, relative",
          measured: distance(hessian, differences) / scale, .atLeast(visible)),
      ]
    }
    findings.append(try frozenFinding(theta, sample, frozen, session))
    return findings
  }

  /// The frozen Hessian of iSD, the flow-matching part taken off, against differences of the gradient on
  /// fixed numbers.
  private static func frozenFinding(
    _ theta: [Double], _ sample: [String: [Double]], _ frozen: FrozenTarget,
    _ session: CheckSession
  ) throws -> Finding {
    let both = try field(.improvedSelfDistillation, sample, session)
      .matrix(.hessian, at: theta)
    let flowMatching = try field(.flowMatching, sample, session).matrix(.hessian, at: theta)
    let target = try frozen.ownTarget(theta)
    let differences = try finiteDifferenceJacobian(at: theta, step: step) {
      try frozen.gradient($0, target: target)
    }
    let hessian = zip(both, flowMatching).map { zip($0, $1).map { $0 - $1 } }
    return Finding(
      "isd: frozen Hessian less differences of the gradient on fixed numbers, relative",
      measured: distance(hessian, differences) / norm(hessian), .atMost(differenceError))
  }

  /// Of order `ε^{1/5}`: truncation `step⁴` and rounding `ε/step` are then of one size, 10⁻¹².
  private static let step = 1e-3
  /// A hundred times that, for derivatives of fifth order larger than the first.
  private static let differenceError = 1e-9
  /// What differs, differs a million times more than the differences err.
  private static let visible = 1e-3
}

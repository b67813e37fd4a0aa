// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import Foundation
internal import GroundTruth
internal import Interpolants
import Measures

/// Claim 5: for one Gaussian the minimiser of direct training is known, and training lands on it.
///
/// With `P = α²σ_d² + σ²` the flow is `v* = (P'/2P) x`, so `√P` carries trajectories, and
/// `Σ = ν² σ_d² / P`. A linear map `f = y(t) √(P(s)/P(t)) x` has `Df = y' √(P(s)/P) x`, and the functional is
/// `P(s) ∫ (y'² + (νσ_d/P)² y²) dt`: `y'' = (νσ_d/P)² y`, `y(s) = 1`, `y'(T) = 0`. For the linear interpolant
/// `y = √P (a + bθ)`, `θ' = σ_d/P`, and at `s = 0` `f(x;T,0) = σ_d/(σ_d + π/2) x`; for the trigonometric one
/// with `σ_d = 1`, `P = 1` and `f(x;T,0) = x/cosh(π/2)`. The flow map is `σ_d x`.
///
/// That iSD ends at the flow map as well is not claimed for the trigonometric interpolant with `σ_d = 2`: its
/// training runs away there, for every seed tried.
enum GaussianMinimizerCheck: TheoryCheck {
  static let number = 5
  static let claim =
    "one Gaussian: direct training ends at y(T) √(P(s)/P(T)) x, Eulerian training at the flow map"

  static func run(_ session: CheckSession) throws -> [Finding] {
    try references() + solver(session) + trained(session)
  }

  /// The closed forms against the equation for `y`, to rounding.
  private static func references() -> [Finding] {
    let linear = [0.5, 1, 2].map { deviation in
      Finding(
        "linear, σ_d = \(digits(deviation)), s = 0: coefficient against σ_d/(σ_d + π/2)",
        measured: GaussianMinimizer(interpolant: LinearInterpolant(), dataDeviation: deviation)
          .mapCoefficient(to: 0),
        .equals(deviation / (deviation + .pi / 2), tolerance: 1e-11))
    }
    let trigonometric = GaussianMinimizer(
      interpolant: TrigonometricInterpolant(), dataDeviation: 1)
    return linear + [
      Finding(
        "trigonometric, σ_d = 1, s = 0: coefficient against 1/cosh(π/2)",
        measured: trigonometric.mapCoefficient(to: 0),
        .equals(1 / cosh(.pi / 2), tolerance: 1e-11))
    ]
  }

  private struct Case: Sendable {
    let interpolant: InterpolantKind
    let deviation: Double
    let endTime: Double

    static let all = InterpolantKind.allCases.flatMap { interpolant in
      [1, 0.5, 2].flatMap { deviation in
        [0, 0.3].map { Case(interpolant: interpolant, deviation: deviation, endTime: $0) }
      }
    }

    /// Whether iSD's own training stays at the flow map; elsewhere coefficients grew beyond 10⁶.
    var trainsStably: Bool { interpolant == .linear || deviation <= 1 }

    var minimizer: GaussianMinimizer {
      GaussianMinimizer(interpolant: interpolant.interpolant, dataDeviation: deviation)
    }
    var name: String {
      "\(interpolant.rawValue), σ_d = \(digits(deviation)), s = \(digits(endTime))"
    }
  }

  /// The elliptic equation in `t` and `x`, which knows nothing of linear maps, against the closed form.
  private static func solver(_ session: CheckSession) throws -> [Finding] {
    try Case.all.flatMap { item in
      session.progress("elliptic equation, \(item.name)")
      let map = try DegenerateMapSolver(
        mixture: LineTarget.gaussian(deviation: item.deviation),
        interpolant: item.interpolant.interpolant, endTime: item.endTime
      ).solve(resolution: 64)
      let profile = item.minimizer.profile(to: item.endTime)
      return [
        Finding(
          "\(item.name): coefficient of the elliptic equation over the closed form, less 1",
          measured: abs(
            map.linearCoefficient / item.minimizer.mapCoefficient(to: item.endTime) - 1),
          .atMost(1e-6)),
        Finding(
          "\(item.name): its LED over P(s) times the mean of y'², less 1",
          measured: abs(map.eulerianLoss.value / profile.eulerianLoss - 1), .atMost(1e-5)),
      ]
    }
  }

  private struct Job: Sendable {
    let item: Case
    let objective: Objective
    let seed: UInt64
  }

  private static func trained(_ session: CheckSession) throws -> [Finding] {
    let seeds = (0..<(session.isThorough ? 4 : 2)).map { session.seed &+ $0 }
    let plans =
      Case.all.map { ($0, Objective.directFull) }
      + Case.all.filter { $0.endTime == 0 && (session.isThorough || $0.deviation == 0.5) }
      .flatMap { item in
        [(item, Objective.eulerianFull)]
          + (item.trainsStably ? [(item, .improvedSelfDistillation)] : [])
      }
    let jobs = plans.flatMap { plan in
      seeds.map { Job(item: plan.0, objective: plan.1, seed: $0) }
    }
    session.progress("training \(jobs.count) networks")
    let steps = session.isThorough ? 4000 : 2500
    let nodes = NormalNodes()
    let ratios = try parallelMap(jobs, threads: session.pool.threads) { job in
      let target = try LineTarget.gaussian(deviation: job.item.deviation)
      let quadrature = LineQuadrature(
        QuantileTrajectories(mixture: target, interpolant: job.item.interpolant.interpolant),
        from: job.item.endTime, timeCount: 1, spacing: 1)
      let result = try LineTraining(
        target: target, interpolant: job.item.interpolant, endTime: job.item.endTime,
        objective: job.objective, seed: job.seed,
        // Relaxed times spread a run over all s.
        steps: job.objective.isSelfDistillation ? 2 * steps : steps
      ).run(labels: nodes.labels, quadrature: quadrature)
      let minimizer = job.item.minimizer
      let expected =
        job.objective == .directFull
        ? minimizer.mapCoefficient(to: job.item.endTime)
        : minimizer.flowMapCoefficient(to: job.item.endTime)
      return nodes.linearCoefficient(result.map) / expected
    }
    return plans.enumerated().map { index, plan in
      let ratio = Estimate(
        meanOf: seeds.indices.map { ratios[index * seeds.count + $0] })
      let of = plan.1 == .directFull ? "the minimiser's" : "the flow map's"
      return Finding(
        "\(plan.0.name), \(plan.1.shortName): coefficient over \(of)", measured: ratio.value,
        standardError: ratio.standardError, .equals(1, tolerance: 0.02))
    }
  }

  private static func digits(_ value: Double) -> String { String(format: "%g", value) }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
import Measures

/// Claim 4: direct training is biased, and its minimiser balances the bias.
///
/// By the loss identity the functional is `J(f) = ∫∫ p_t (|Df|² + Σ f_x²) dx dt`, `D = ∂_t + v*∂_x`, with
/// `f = x` at `t = s`. Its first variation in a direction `g` that vanishes at `s` is
///
///     a(f, g) = ∫∫ p (Df Dg + Σ f_x g_x) dx dt = −∫∫ p g (D(Df) + C) dx dt + ∫ p_T g Df dx,
///
/// as `∂_t p + ∂_x(p v*) = 0` makes `−D` the adjoint of `D` under `p`, up to the boundary term; here
/// `C = (1/p) ∂_x(p Σ f_x)`. So `D(Df) + C = 0`, and `Df = 0` at `T`. The flow map has `Df = 0` everywhere,
/// hence `D(Df) = 0`, but `C ≠ 0`: it is no minimiser. The density belongs inside: with `∂_x(Σ f_x)` in place
/// of `C` nothing balances.
enum DirectBalanceCheck: TheoryCheck {
  static let number = 4
  static let claim =
    "the minimiser of direct training balances D(Df) + (1/p) ∂_x(p Σ f_x) = 0, not Df = 0"

  static func run(_ session: CheckSession) throws -> [Finding] {
    let target = try LineTarget.twoModes()
    return try InterpolantKind.allCases.flatMap { kind -> [Finding] in
      session.progress("elliptic equation, \(kind.rawValue)")
      let map = try DegenerateMapSolver(
        mixture: target, interpolant: kind.interpolant, endTime: 0
      ).solve(resolution: 256)
      let quadrature = LineQuadrature(map.trajectories, from: 0)
      return try strong(map, kind) + weak(map, quadrature, kind)
        + trained(target, quadrature, kind, session)
    }
  }

  /// The balance at points, by differences of second order along integrated trajectories.
  private static func strong(_ map: DegenerateMap, _ kind: InterpolantKind) throws -> [Finding] {
    let end = kind.interpolant.endTime
    let times = [0.35, 0.5, 0.65, 0.8].map { $0 * end }
    let labels = [-2.0, -1.4, -0.8, -0.3, 0.3, 0.8, 1.4, 2]
    func residual(_ step: Double) throws -> (balance: Double, unweighted: Double) {
      let points = try map.balance(times: times, labels: labels, step: step)
      let size = rootMeanSquare(points.map(\.variancePart))
      return (
        rootMeanSquare(points.map { $0.acceleration + $0.variancePart }) / size,
        rootMeanSquare(points.map { $0.acceleration + $0.unweightedPart }) / size
      )
    }
    // Order 1 would halve the residual, order 2 quarter it down to what interpolation leaves.
    let (coarse, fine) = (try residual(0.12), try residual(0.06))
    let step = 0.02 * end
    let atEnd = [-1.4, -0.8, 0.8, 1.4].map { label in
      // The derivative at T by one-sided differences of second order.
      let values = [0, 1, 2].map { map.value(atLabel: label, time: end - $0 * step) }
      return (3 * values[0] - 4 * values[1] + values[2]) / (2 * step)
    }
    let atStart = [-1.4, -0.8, 0.8, 1.4].map { label in
      let values = [0, 1, 2].map { map.value(atLabel: label, time: $0 * step) }
      return (-3 * values[0] + 4 * values[1] - values[2]) / (2 * step)
    }
    return [
      Finding(
        "\(kind.rawValue), solver: |D(Df) + C| / |C|, differences of step 0.06",
        measured: fine.balance,
        .atMost(0.02)),
      Finding(
        "\(kind.rawValue), solver: fall of that residual from step 0.12 to 0.06",
        measured: coarse.balance / fine.balance, .atLeast(2)),
      Finding(
        "\(kind.rawValue), solver: |D(Df) + ∂_x(Σ f_x)| / |C|, without the density",
        measured: fine.unweighted, .atLeast(0.2)),
      Finding(
        "\(kind.rawValue), solver: |Df| at T over |Df| at s",
        measured: rootMeanSquare(atEnd) / rootMeanSquare(atStart), .atMost(0.01)),
    ]
  }

  /// The balance against smooth functions, integrated by parts: no second derivative, and the natural
  /// condition with it.
  private static func weak(
    _ map: DegenerateMap, _ quadrature: LineQuadrature, _ kind: InterpolantKind
  ) -> [Finding] {
    let solved = LineDerivatives(map, on: quadrature)
    let exact = LineDerivatives(flowMapOn: quadrature)
    return LineTestFunction.all.flatMap { test in
      [
        Finding(
          "\(kind.rawValue), solver: weak residual with g = \(test.name)",
          measured: abs(solved.weakResidual(test, on: quadrature)), .atMost(1e-3)),
        Finding(
          "\(kind.rawValue), flow map: weak residual with g = \(test.name)",
          measured: abs(exact.weakResidual(test, on: quadrature)), .atLeast(0.05)),
      ]
    }
  }

  /// The balance of a trained network: what is left is a small share of the flow map's imbalance.
  private static func trained(
    _ target: GaussianMixture, _ quadrature: LineQuadrature, _ kind: InterpolantKind,
    _ session: CheckSession
  ) throws -> [Finding] {
    session.progress("training, \(kind.rawValue)")
    let seeds = (0..<(session.isThorough ? 4 : 2)).map { session.seed &+ $0 }
    let runs = try parallelMap(seeds, threads: session.pool.threads) { seed in
      try LineTraining(
        target: target, interpolant: kind, endTime: 0, objective: .directFull, seed: seed,
        steps: session.isThorough ? 4000 : 1500
      ).run(labels: [0], quadrature: quadrature).derivatives
    }
    let exact = LineDerivatives(flowMapOn: quadrature)
    return LineTestFunction.all.map { test in
      let shares = Estimate(
        meanOf: runs.map {
          abs($0.weakResidual(test, on: quadrature) / exact.weakResidual(test, on: quadrature))
        })
      return Finding(
        "\(kind.rawValue), directFull: weak residual over the flow map's, g = \(test.name)",
        measured: shares.value, standardError: shares.standardError, .atMost(0.1))
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Theory

// # Figure 4: The degenerate map, exactly
//
// Figure 3 shows that direct training ends at a flattened map. On the line that map is known: for one
// Gaussian in closed form, for a mixture from an elliptic equation. This walkthrough computes it, trains
// networks, and holds one against the other.

public enum ExactDegenerateMap: Walkthrough {
  public static let number = 4
  public static let title = "The degenerate map, exactly"
  public static let summary = """
    The minimiser of direct training on the line: closed form for a Gaussian, elliptic equation for a \
    mixture, trained networks on both, and the balance D(Df) + C = 0 that the flow map does not satisfy.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.target.map { try GaussianMixture.named($0) } ?? LineTarget.twoModes()
    session.print(prologue(target))

    // ## One Gaussian: the closed form against trained networks
    let seeds = session.seeds(3, thorough: 8)
    let profiles = try gaussianProfiles(session, seeds: seeds)

    // ## A mixture: the elliptic equation against trained networks
    let experiment = try MixtureMinimizerExperiment(
      target: target, interpolant: .linear, resolution: 256)
    let outcomes = try experiment.outcomes(
      [.directFull, .improvedSelfDistillation, .eulerianFull], seeds: seeds,
      steps: session.isThorough ? 8000 : 3000, threads: session.threads)

    // ## The balance, point by point
    let balance = try experiment.map.balance(
      times: [0.3, 0.45, 0.6, 0.75, 0.9],
      labels: stride(from: -2.1, through: 2.1, by: 0.3).map { $0 },
      step: 0.05)

    // ## The numbers
    session.print(results(profiles, experiment, outcomes))
    for claim in claims(profiles, experiment, outcomes, balance) { session.print(claim) }
    session.print(epilogue)

    // ## The picture
    try session.deliver(
      picture(profiles, experiment, outcomes, balance, steps: session.isThorough ? 8000 : 3000),
      number: number, draw: draw)
  }

  private static func prologue(_ target: GaussianMixture) -> String {
    """
    Figure 4 · The degenerate map, exactly

    Direct training minimises E (D_{v_c} f)² = E (Df)² + E Σ f_x² over maps with f = x at t = s, where
    D = ∂_t + v* ∂_x. Its minimiser solves

        D(Df) + C = 0,   C = (1/p) ∂_x(p Σ f_x),   Df = 0 at t = T,

    whereas the flow map has Df = 0. For x ~ N(0, σ_d²) the solution is f = y(t) √(P(s)/P(t)) x with
    y'' = (ν σ_d/P)² y, y(s) = 1, y'(T) = 0; the flow map has y = 1. For a mixture the equation is solved
    by finite elements. Target "\(target.name)" on the line, linear interpolant, s = 0, t uniform on [0, 1].

    """
  }

  private static let epilogue = """

    What to look at: trained networks lie on curves computed without training. Nothing is wrong with the
    optimiser when direct training flattens a map: it finds the minimum, and the minimum is elsewhere.

    """
}

// MARK: - One Gaussian

extension ExactDegenerateMap {
  /// `y(t)` of one deviation: predicted, and of each trained network.
  struct Profile: Codable, Sendable {
    let deviation: Double
    let times: [Double]
    let y: [Double]
    let trainedTimes: [Double]
    /// Seed by seed.
    let trained: [[Double]]

    /// `y(T)` of the networks over the predicted one.
    var ratio: Estimate { acrossSeeds(trained.map { ($0.last ?? .nan) / (y.last ?? .nan) }) }
  }

  private static func gaussianProfiles(
    _ session: WalkthroughSession, seeds: [UInt64]
  ) throws -> [Profile] {
    let nodes = NormalNodes()
    let trainedTimes = (1...10).map { 0.1 * Double($0) }
    let deviations = [0.5, 1, 2]
    let jobs = deviations.flatMap { deviation in seeds.map { (deviation, $0) } }
    let trained = try parallelMap(jobs, threads: session.threads) { deviation, seed in
      let target = try LineTarget.gaussian(deviation: deviation)
      let quadrature = LineQuadrature(
        QuantileTrajectories(mixture: target, interpolant: LinearInterpolant()), from: 0,
        timeCount: 1, spacing: 1)
      let result = try LineTraining(
        target: target, interpolant: .linear, endTime: 0, objective: .directFull, seed: seed,
        steps: session.isThorough ? 4000 : 1500
      ).run(labels: nodes.labels, times: trainedTimes, quadrature: quadrature)
      // On the trajectory of label z the map is y(t) √P(0) z.
      return result.maps.map { nodes.linearCoefficient($0) / deviation }
    }
    return deviations.enumerated().map { index, deviation in
      let profile = GaussianMinimizer(
        interpolant: LinearInterpolant(), dataDeviation: deviation
      ).profile(to: 0, intervals: 128)
      return Profile(
        deviation: deviation, times: profile.times, y: profile.y, trainedTimes: trainedTimes,
        trained: seeds.indices.map { trained[index * seeds.count + $0] })
    }
  }
}

// MARK: - Numbers

extension ExactDegenerateMap {
  typealias Outcome = MixtureMinimizerExperiment.Outcome

  static func estimate(
    _ outcomes: [Outcome], _ objective: Objective, _ value: (Outcome) -> Double
  ) -> Estimate {
    acrossSeeds(outcomes.filter { $0.objective == objective }.map(value))
  }

  private static func results(
    _ profiles: [Profile], _ experiment: MixtureMinimizerExperiment, _ outcomes: [Outcome]
  ) -> String {
    let gaussian = textTable(
      ["σ_d", "y(T) predicted", "trained over predicted"],
      profiles.map {
        [digits($0.deviation), String(format: "%.5f", $0.y.last ?? .nan), $0.ratio.description]
      })
    let map = experiment.map
    let rows = [Objective.directFull, .improvedSelfDistillation, .eulerianFull].map { objective in
      [objective.shortName]
        + [
          { $0.fromMinimizer }, { $0.fromFlowMap }, { $0.eulerianLoss }, { $0.varianceTerm },
        ].map { (value: (Outcome) -> Double) in estimate(outcomes, objective, value).description }
    }
    let solver = [
      "elliptic equation", "0", digits(map.squaredDistanceFromFlowMap),
      String(format: "%.5f", map.eulerianLoss.value),
      String(format: "%.5f", map.varianceTerm.value),
    ]
    let mixture = textTable(
      ["map", "E (f − f_D)²", "E (f − f*)²", "LED", "E Σ f_x²"], rows + [solver])
    return """
      \(gaussian)

      \(mixture)

        f_D: minimiser from the elliptic equation, f*: flow map, both at T. Means over \(profiles[0].trained.count) seeds with
        the standard error of the mean. The solver's root mean square error is \(digits(map.mapError)), its order \(digits(map.observedOrder)).

      """
  }

  private static func claims(
    _ profiles: [Profile], _ experiment: MixtureMinimizerExperiment, _ outcomes: [Outcome],
    _ balance: [BalancePoint]
  ) -> [Claim] {
    let map = experiment.map
    let distance = estimate(outcomes, .directFull, experiment.relativeDistance)
    let loss = estimate(outcomes, .directFull) { $0.eulerianLoss / map.eulerianLoss.value }
    func closeness(_ objective: Objective) -> Estimate {
      estimate(outcomes, objective) { map.squaredDistanceFromFlowMap / $0.fromFlowMap }
    }
    let (improved, eulerian) = (closeness(.improvedSelfDistillation), closeness(.eulerianFull))
    func mean(_ value: (BalancePoint) -> Double) -> Double {
      (balance.reduce(0) { $0 + value($1) * value($1) } / Double(balance.count)).squareRoot()
    }
    let size = mean(\.variancePart)
    let residual = mean { $0.acceleration + $0.variancePart } / size
    let unweighted = mean { $0.acceleration + $0.unweightedPart } / size
    return [
      Claim(
        statement:
          "Claim 5: networks trained directly land on y(T) of the closed form, within 2 %.",
        isShown: profiles.allSatisfy { $0.ratio.isShown(within: 0.02, of: 1) },
        evidence: profiles.map { "σ_d = \(digits($0.deviation)): \($0.ratio)" }
          .joined(separator: ", ")),
      Claim(
        statement: "Claim 6: on the mixture they land on the elliptic equation's minimiser.",
        isShown: distance.isShown(below: 0.02) && loss.isShown(within: 0.03, of: 1),
        evidence: "relative L² distance \(distance), LED over the solver's \(loss)"),
      Claim(
        statement: "Claim 6: iSD and the full Eulerian objective end at the flow map instead.",
        isShown: improved.isShown(above: 50) && eulerian.isShown(above: 50),
        evidence:
          "closer to it than the minimiser, in squared error: iSD \(improved) times, Eulerian "
          + "\(eulerian) times"),
      Claim(
        statement: "Claim 4: D(Df) balances −C, with the density inside C; the flow map does not.",
        isShown: residual < 0.05 && unweighted > 0.2,
        evidence:
          "|D(Df) + C| / |C| = \(digits(residual)) for the minimiser, 1 for the flow map; without the "
          + "density \(digits(unweighted))"),
    ]
  }
}

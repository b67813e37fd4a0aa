// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
import Measures

/// Claim 6: the minimiser of direct training on a mixture, from its elliptic equation, is where training
/// ends.
///
/// With the labels of exact trajectories as coordinate, `p dx = φ dz` and `D = ∂_t`, the functional is
/// `∫∫ φ (f_t² + Σ/X_z² f_z²) dz dt`: strictly convex, with one minimiser, found over bilinear elements with
/// an error that falls with the square of the cell size. A network with enough freedom and steps must reach
/// it, with the solver's LED; iSD and the full Eulerian objective reach the flow map instead.
enum MixtureMinimizerCheck: TheoryCheck {
  static let number = 6
  static let claim =
    "two modes: direct training ends at the elliptic equation's minimiser, iSD at the flow map"

  static func run(_ session: CheckSession) throws -> [Finding] {
    let kinds: [InterpolantKind] = session.isThorough ? InterpolantKind.allCases : [.linear]
    return try kinds.flatMap { try findings($0, session) }
  }

  private static func findings(
    _ kind: InterpolantKind, _ session: CheckSession
  ) throws -> [Finding] {
    session.progress("elliptic equation, \(kind.rawValue)")
    let experiment = try MixtureMinimizerExperiment(
      target: LineTarget.twoModes(), interpolant: kind,
      resolution: session.isThorough ? 256 : 128)
    let map = experiment.map
    session.progress("training, \(kind.rawValue)")
    let seeds = (0..<(session.isThorough ? 4 : 2)).map { session.seed &+ $0 }
    let outcomes = try experiment.outcomes(
      [.directFull, .improvedSelfDistillation, .eulerianFull], seeds: seeds,
      steps: session.isThorough ? 6000 : 2500, threads: session.pool.threads)
    func estimate(
      _ objective: Objective, _ value: (MixtureMinimizerExperiment.Outcome) -> Double
    ) -> Estimate {
      Estimate(meanOf: outcomes.filter { $0.objective == objective }.map(value))
    }
    let distance = estimate(.directFull, experiment.relativeDistance)
    let loss = estimate(.directFull) { $0.eulerianLoss / map.eulerianLoss.value }
    let solver = [
      Finding(
        "\(kind.rawValue): order of convergence of the map at T", measured: map.observedOrder,
        .equals(2, tolerance: 0.2)),
      Finding(
        "\(kind.rawValue): the solver's root mean square error at T", measured: map.mapError,
        .atMost(1e-3)),
    ]
    let direct = [
      Finding(
        "\(kind.rawValue), directFull: relative L² distance from the minimiser",
        measured: distance.value, standardError: distance.standardError, .atMost(0.02)),
      Finding(
        "\(kind.rawValue), directFull: LED over the solver's", measured: loss.value,
        standardError: loss.standardError, .equals(1, tolerance: 0.03)),
    ]
    let eulerian = [Objective.improvedSelfDistillation, .eulerianFull].map { objective in
      let closeness = estimate(objective) {
        map.squaredDistanceFromFlowMap / $0.fromFlowMap
      }
      return Finding(
        "\(kind.rawValue), \(objective.shortName): times closer to the flow map than the minimiser",
        measured: closeness.value, standardError: closeness.standardError, .atLeast(50))
    }
    return solver + direct + eulerian
  }
}

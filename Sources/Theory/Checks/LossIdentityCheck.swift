// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import GroundTruth
internal import Interpolants
import Measures
internal import Networks
internal import RandomStreams
import Training

/// Claim 3: `E‖D_{v_c} f‖² = E‖D_{v*} f‖² + E tr(∇f Σ ∇fᵀ)`, for any map.
///
/// The map's total derivative is affine in its direction, `D_{v_c} f = D_{v*} f + ∇f (v_c − v*)`. Given
/// `x_t`, the second term has mean zero and covariance `∇f Σ ∇fᵀ` with `Σ = Cov[v_c | x_t]`, and the first
/// is a constant; squares add. Nothing was asked of `f`, so the identity is measured on a network before,
/// amid and after training, with each of two objectives that lead to very different maps.
///
/// The gap between the sides is a mean over pairs and must vanish within its standard errors, while the
/// variance term alone is many of them: without it, with another sign or with another `Σ`, the check fails.
enum LossIdentityCheck: TheoryCheck {
  static let number = 3
  static let claim = "E‖D_v_c f‖² = E‖D_v* f‖² + E tr(∇f Σ ∇fᵀ) for any map"

  private static let stages = [("random", 0), ("half-trained", 150), ("trained", 600)]

  static func run(_ session: CheckSession) throws -> [Finding] {
    try InterpolantKind.allCases.flatMap { kind in
      try [Objective.directFull, .eulerianSemi].flatMap {
        try findings(kind, $0, session)
      }
    }
  }

  private static func findings(
    _ kind: InterpolantKind, _ objective: Objective, _ session: CheckSession
  ) throws -> [Finding] {
    session.progress("\(kind.rawValue), \(objective.shortName)")
    let target = try MixturePreset.skewed3.mixture()
    let network = MultilayerPerceptron(width: 32, depth: 2)
    let configuration = TrainingConfiguration(
      interpolant: kind, network: network, loss: TrainingLoss(objective: objective), batch: 128,
      steps: 600, seed: session.seed)
    let maps = try trainingStages(
      configuration, target: target, stages: stages.map(\.1), pool: session.pool)
    let rows = session.isThorough ? 1_000_000 : 40_000
    let batch = PairBatch(
      target: target, interpolant: kind, count: rows, times: .triangle,
      stream: RandomStream(seed: session.seed, purpose: .check3Pairs))
    return try zip(stages, maps).flatMap { stage, parameters -> [Finding] in
      let terms = try LossIdentity(
        network: network, parameters: parameters, target: target, interpolant: kind, rows: rows,
        pool: session.pool
      ).terms(batch)
      let gap = terms.gap
      let variance = Estimate(meanOf: terms.variance)
      let name = "\(kind.rawValue), \(stage.0) (\(objective.shortName))"
      return [
        Finding(
          "\(name): direct loss − LED − variance term", measured: gap.value,
          standardError: gap.standardError, .agrees(0, standardErrors: 4)),
        Finding(
          "\(name): variance term in standard errors of the gap",
          measured: variance.value / gap.standardError, .atLeast(20)),
      ]
    }
  }
}

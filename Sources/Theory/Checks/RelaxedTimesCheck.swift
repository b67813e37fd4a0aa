// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import FlowMaps
internal import GroundTruth
internal import Interpolants
import Measures
internal import Networks
internal import RandomStreams
import Training

/// Claim 14: single samples scatter most at `s = 0`.
///
/// `D_w f = A'(w − F) + (A'' x − A dF_w)` (over ν). The first part is what flow matching makes small; the
/// second is multiplied by `A(t,s)`, which vanishes at `s = t` and is largest at `s = 0`, and carries `∇F`.
/// Relaxing the end time shrinks it. The variances of loss and gradient at `s = 0` are held against those
/// at the same pairs with `s = t/2` and `s = 0.9 t`, for each objective on one map, trained with the exact
/// velocity as a teacher; and the linearisation part at `s = 0` against that at `s = 0.9 t`.
enum RelaxedTimesCheck: TheoryCheck {
  static let number = 14
  static let claim = "loss and gradient scatter more at s = 0 than at s = t/2 and 0.9 t"

  private static let ratios = [0, 0.5, 0.9]

  static func run(_ session: CheckSession) throws -> [Finding] {
    try InterpolantKind.allCases.flatMap { kind in
      try RelaxedTraining.objectives.flatMap { try findings(kind, $0, session) }
    }
  }

  private static func findings(
    _ kind: InterpolantKind, _ objective: Objective, _ session: CheckSession
  ) throws -> [Finding] {
    session.progress("\(kind.rawValue), \(objective.shortName)")
    let target = try MixturePreset.skewed3.mixture()
    let network = MultilayerPerceptron(width: 32, depth: 2)
    let configuration = TrainingConfiguration(
      interpolant: kind, network: network, loss: TrainingLoss(objective: .eulerianSemi), batch: 128,
      steps: 400, seed: session.seed)
    let parameters = try trainingStages(
      configuration, target: target, stages: [400], pool: session.pool)[0]
    let experiment = SampleGradients(
      network: network, parameters: parameters, target: target, interpolant: kind)
    let stream = RandomStream(seed: session.seed, purpose: .check14Pairs)
    let profile = try NoiseProfile(
      objective, experiment, ratios: ratios, count: session.isThorough ? 60_000 : 20_000,
      stream: stream, threads: session.pool.threads)
    let name = "\(kind.rawValue), \(objective.shortName)"
    let variances = profile.points.dropFirst().flatMap { point -> [Finding] in
      [("loss", point.lossExcessAtZero), ("gradient", point.gradientExcessAtZero)].map {
        Finding(
          "\(name): variance of the \($0.0) at s = 0 above that at s = \(point.ratio) t, "
            + "in standard errors", measured: $0.1.value / $0.1.standardError, .atLeast(4))
      }
    }
    return variances + [try share(name, objective, experiment, stream, session)]
  }

  /// How much the linearisation part shrinks from `s = 0` to `s = 0.9 t`.
  private static func share(
    _ name: String, _ objective: Objective, _ experiment: SampleGradients, _ stream: RandomStream,
    _ session: CheckSession
  ) throws -> Finding {
    let rows = 4000
    let parts = DerivativeParts(
      network: experiment.network, parameters: experiment.parameters, target: experiment.target,
      interpolant: experiment.interpolant, rows: rows, pool: session.pool)
    let direction: DerivativeParts.Direction = objective == .directSemi ? .conditional : .own
    let norms = try [0, 0.9].map { ratio in
      try parts.norms(
        PairBatch(
          target: experiment.target, interpolant: experiment.interpolant, count: rows,
          times: .ratio(ratio), stream: stream))[direction]?.linearization ?? []
    }
    let excess = Estimate(meanOf: zip(norms[0], norms[1]).map { $0 - $1 })
    return Finding(
      "\(name): linearisation part at s = 0 above that at s = 0.9 t, in standard errors",
      measured: excess.value / excess.standardError, .atLeast(4))
  }
}

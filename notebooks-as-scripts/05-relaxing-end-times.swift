// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import Plotting
import Probing
import RandomStreams
import Theory
import Training

// # Figure 5: Relaxing s = 0
//
// Consistency models map every time t to s = 0. Flow maps may stop anywhere. Letting s vary during training
// (relaxed times) is said to calm it. This walkthrough measures what the calm consists of, and whether the
// map to s = 0, which is the one wanted, gets better by it.

public enum RelaxingEndTimes: Walkthrough {
  public static let number = 5
  public static let title = "Relaxing s = 0"
  public static let summary = """
    Variance of loss and gradient and the two parts of the derivative against s/t; final quality over five \
    seeds with s = 0 and with s < t, at a calm and at a stressed setting.
    """

  static let ratios = [0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97]

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    session.print(prologue(target))

    // ## Scatter of single samples
    //
    // Every objective on a map it trained with relaxed times, at the same pairs for every ratio.
    let scatter = try ScatterExperiment(session, target)
    session.print(scatterTable(scatter))

    // ## Quality at the end
    let seeds = session.seeds(5, thorough: 12)
    let training = RelaxedTraining(
      evaluation: try EvaluationSet(
        source: target, interpolant: .linear, count: 1024, threads: session.threads),
      seeds: seeds, steps: session.isThorough ? 3000 : 600)
    let total = RelaxedTraining.cells.count * seeds.count
    let progress = ProgressLine(label: "figure 5", total: total)
    let done = StepCounter()
    let outcomes = try training.run(threads: session.threads) { outcome in
      progress.update(
        step: done.increment(),
        metric: "\(outcome.cell.objective.shortName), \(outcome.cell.setting.rawValue)")
    }
    progress.finish()
    session.print(qualityTable(outcomes, training))
    for claim in claims(scatter, outcomes) { session.print(claim) }
    session.print("")

    // ## The picture
    try session.deliver(
      Picture(
        target: target.name, pairs: scatter.pairs, seeds: seeds, steps: training.steps,
        floor: training.evaluation.slicedWassersteinFloor, profiles: scatter.profiles,
        parts: scatter.parts, outcomes: outcomes), number: number, draw: draw)
  }

  private static func prologue(_ target: GaussianMixture) -> String {
    """
    Figure 5 · Relaxing s = 0

    The residual of every objective here is D_w f = A'(w − F) + (A'' x − A dF_w): a flow-matching part and a
    linearisation part. A(t,s) vanishes at s = t and is largest at s = 0, so moving s towards t takes the
    linearisation part away, and with it the scatter of single samples. Whether that helps is another
    question: batches that train s > 0 do not train s = 0.

    Target "\(target.name)", linear interpolant; direct training with stopped target, ESD and iSD.

    """
  }
}

// MARK: - The experiment

extension RelaxingEndTimes {
  /// Squared norms of the two parts of `D_w f` against `s/t`.
  struct Parts: Codable {
    let objective: Objective
    let flowMatching: [Estimate]
    let linearization: [Estimate]
  }

  struct ScatterExperiment {
    let pairs: Int
    let profiles: [NoiseProfile]
    let parts: [Parts]

    init(_ session: WalkthroughSession, _ target: GaussianMixture) throws {
      let network = MultilayerPerceptron(width: 32, depth: 2)
      let pool = WorkerPool(threads: session.threads)
      let count = session.isThorough ? 20_000 : 3000
      let stream = RandomStream(seed: session.seed, purpose: .figure5Pairs)
      var profiles: [NoiseProfile] = []
      var parts: [Parts] = []
      for objective in RelaxedTraining.objectives {
        let configuration = TrainingConfiguration(
          network: network, loss: TrainingLoss(objective: objective), steps: 600,
          seed: session.seed)
        let parameters = try trainingStages(
          configuration, target: target, stages: [600], pool: pool)[0]
        profiles.append(
          try NoiseProfile(
            objective,
            SampleGradients(
              network: network, parameters: parameters, target: target, interpolant: .linear),
            ratios: ratios, count: count, stream: stream, threads: session.threads))
        let rows = 4 * count
        let experiment = DerivativeParts(
          network: network, parameters: parameters, target: target, interpolant: .linear,
          rows: rows, pool: pool)
        let norms = try ratios.map { ratio in
          try experiment.norms(
            PairBatch(
              target: target, interpolant: .linear, count: rows, times: .ratio(ratio),
              stream: stream))[objective == .directSemi ? .conditional : .own]
        }
        parts.append(
          Parts(
            objective: objective,
            flowMatching: norms.map { Estimate(meanOf: $0?.flowMatching ?? []) },
            linearization: norms.map { Estimate(meanOf: $0?.linearization ?? []) }))
      }
      (self.pairs, self.profiles, self.parts) = (count, profiles, parts)
    }
  }
}

// MARK: - Numbers

extension RelaxingEndTimes {
  private static func scatterTable(_ scatter: ScatterExperiment) -> String {
    let rows = zip(scatter.profiles, scatter.parts).flatMap { profile, parts in
      profile.points.indices.filter { $0 % 2 == 0 }.map { index in
        [
          profile.objective.shortName, digits(ratios[index]),
          profile.points[index].lossVariance.description,
          profile.points[index].gradientVariance.description,
          parts.flowMatching[index].description, parts.linearization[index].description,
        ]
      }
    }
    return textTable(
      [
        "objective", "s/t", "Var loss", "tr Cov gradient", "flow-matching part",
        "linearisation part",
      ],
      rows) + "\n"
  }

  /// The outcomes of a cell that ended, and how many did not.
  static func ended(
    _ outcomes: [RelaxedTraining.Outcome], _ cell: RelaxedTraining.Cell
  ) -> (distances: [Double], errors: [Double], stopped: Int) {
    let runs = outcomes.filter { $0.cell == cell }
    return (
      runs.compactMap(\.slicedWasserstein), runs.compactMap(\.flowMapError),
      runs.count { $0.slicedWasserstein == nil }
    )
  }

  private static func qualityTable(
    _ outcomes: [RelaxedTraining.Outcome], _ training: RelaxedTraining
  ) -> String {
    let rows = RelaxedTraining.cells.map { cell in
      let (distances, errors, stopped) = ended(outcomes, cell)
      let largest = outcomes.filter { $0.cell == cell }.map(\.largestGradientNorm).max() ?? 0
      return [
        cell.setting.rawValue, cell.objective.shortName, cell.isRelaxed ? "s < t" : "s = 0",
        distances.isEmpty ? "–" : acrossSeeds(distances).description,
        distances.isEmpty ? "–" : digits(RunningMoments(distances).standardDeviation),
        errors.isEmpty ? "–" : acrossSeeds(errors).description, digits(largest), "\(stopped)",
      ]
    }
    return textTable(
      [
        "setting", "objective", "end time", "sliced W2", "spread", "flow-map error",
        "largest gradient", "stopped",
      ], rows)
      + "\n\n  Means over the seeds (of \(training.seeds.count)) that ended, with standard errors; spread: "
      + "standard deviation over them.\n  Sliced W2 of two exact samples: "
      + "\(training.evaluation.slicedWassersteinFloor).\n"
  }

  private static func claims(
    _ scatter: ScatterExperiment, _ outcomes: [RelaxedTraining.Outcome]
  ) -> [Claim] {
    let excesses = scatter.profiles.flatMap { profile in
      profile.points.filter { $0.ratio >= 0.5 }.flatMap {
        [$0.lossExcessAtZero, $0.gradientExcessAtZero]
      }
    }
    let excess = excesses.map { $0.value / $0.standardError }.min() ?? .nan
    let quality = RelaxedTraining.objectives.map { objective -> Claim in
      func errors(_ isRelaxed: Bool) -> Estimate {
        acrossSeeds(
          ended(
            outcomes, RelaxedTraining.Cell(objective, isRelaxed: isRelaxed, setting: .calm)
          ).errors)
      }
      let (zero, relaxed) = (errors(false), errors(true))
      return Claim(
        statement:
          "\(objective.shortName): relaxed times give a better map to s = 0 at equal budget.",
        isShown: zero.isShown(above: relaxed),
        evidence: "flow-map error, calm: s = 0 \(zero), s < t \(relaxed)")
    }
    func stopped(_ objective: Objective, _ isRelaxed: Bool) -> Int {
      ended(
        outcomes, RelaxedTraining.Cell(objective, isRelaxed: isRelaxed, setting: .stressed)
      ).stopped
    }
    let (esd, isd) = (
      stopped(.eulerianSelfDistillation, false), stopped(.improvedSelfDistillation, false)
    )
    return [
      Claim(
        statement: "Loss and gradient scatter more at s = 0 than at s ≥ t/2 (claim 14).",
        isShown: excesses.allSatisfy { $0.isShown(above: 0) },
        evidence:
          "smallest excess at s = 0 over three objectives: \(digits(excess)) standard errors")
    ] + quality + [
      Claim(
        statement: "Under stress ESD with s = 0 blows up and iSD with s = 0 does not.",
        isShown: esd > 0 && isd == 0, evidence: "runs stopped: ESD \(esd), iSD \(isd)")
    ]
  }
}

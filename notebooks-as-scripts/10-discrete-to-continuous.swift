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
internal import Probing
import Theory
import Training

// # Figure 10: From discrete to continuous
//
// Consistency models were first trained on pairs of times a step Δ apart: with a teacher's step (CD) or
// without any teacher (CT). This walkthrough shows that both agree up to O(Δ) once the mean over the data
// behind a point is taken, follows trained maps from large steps to the continuous limit, and switches the
// stabilisers of the continuous method (sCM) off one by one.

public enum DiscreteToContinuous: Walkthrough {
  public static let number = 10
  public static let title = "From discrete to continuous"
  public static let summary = """
    Consistency distillation against consistency training as the step shrinks, trained maps on the way to \
    the continuous limit, and sCM without each of its stabilisers.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    session.print(prologue)

    // ## Updates of a random network, the mean over the data behind each point taken exactly
    let gaps = try InterpolantKind.allCases.map { kind in
      try ConsistencyGap(
        kind, target: target, steps: (4...11).map { kind.endTime / Double(1 << $0) },
        count: session.isThorough ? 96 : 24, seed: session.seed,
        pool: WorkerPool(threads: session.threads))
    }

    // ## Trained maps
    let sets = try session.evaluationSets(target)
    let seeds = session.seeds(4, thorough: 10)
    let steps = session.isThorough ? 4000 : 1000
    let runs = try session.train(
      (discreteRuns + scheduledRuns + stabilizerRuns)
        .repeated(over: seeds, steps: steps), against: sets,
      label: "figure 10")
    let data = Picture(
      target: target.name, gaps: gaps, runs: runs, seeds: seeds.count, steps: steps)
    session.print(results(data))
    for claim in claims(data) { session.print(claim) }
    try session.deliver(data, number: number, draw: draw)
  }

  struct Picture: Codable {
    let target: String
    let gaps: [ConsistencyGap]
    let runs: [TrainedRun]
    let seeds: Int
    let steps: Int
  }

  private static let prologue = """
    Figure 10 · From discrete to continuous

      CD   ‖f(x_t;t,0) − sg f(x_t − Δ v*; t − Δ, 0)‖²      Euler's step along the exact velocity, or Heun's
      CT   ‖f(x_t;t,0) − sg f(x_{t−Δ}; t − Δ, 0)‖²         the same data and noise at an earlier time
      sCM  the limit Δ → 0 with warm-up, normalised tangents, learned weights of times

    Given x_t, CT's earlier point scatters by Δ(v_c − v*) about CD's. One draw sees that scatter, O(1) per unit
    of Δ; its mean over the data behind x_t leaves O(Δ). Losses differ by Δ² E tr(∇f Σ ∇fᵀ) for ever.

    """
}

// MARK: - The runs

extension DiscreteToContinuous {
  static let discreteSteps = [0.2, 0.1, 0.05, 0.02, 0.01, 0.004, 0.001]
  static let discreteMethods: [(name: String, objective: Objective, color: Color)] = [
    ("CD, Euler", .consistencyDistillation, Palette.blue),
    ("CD, Heun", .consistencyDistillationHeun, Palette.skyBlue),
    ("CT", .consistencyTraining, Palette.vermilion),
  ]

  /// CD and CT with steps of every size, `t` uniform, weighted by 1/Δ; and their continuous limits.
  private static var discreteRuns: [NamedRun] {
    discreteMethods.flatMap { method in
      discreteSteps.map { step in
        NamedRun(
          "\(method.name) \(step)",
          TrainingConfiguration(
            loss: TrainingLoss(
              objective: method.objective, weighting: .inverseStep,
              discretization: .constant(step: step)), times: .endAtZero))
      }
    } + [
      NamedRun("limit of CD", limit(.eulerianSemi)), NamedRun("limit of CT", limit(.directSemi)),
    ]
  }

  private static func limit(_ objective: Objective) -> TrainingConfiguration {
    TrainingConfiguration(loss: TrainingLoss(objective: objective), times: .endAtZero)
  }

  static let schedules: [(name: String, discretization: Discretization)] = [
    ("iCT", .doubling()), ("ECT", .shrinking()),
  ]

  private static var scheduledRuns: [NamedRun] {
    schedules.map { name, discretization in
      NamedRun(
        name,
        TrainingConfiguration(
          loss: TrainingLoss(
            objective: .consistencyTraining, weighting: .inverseStep,
            discretization: discretization), times: .logNormal(mean: -1.1, deviation: 2)))
    }
  }

  static let stabilizerNames = [
    "all", "no warm-up", "no normalisation", "no rearrangement", "no learned weight",
    "Fourier times", "none",
  ]

  /// sCM for the trigonometric interpolant with all stabilisers, without each, and without any.
  private static var stabilizerRuns: [NamedRun] {
    stabilizerNames.map { name in
      var stabilizers = name == "none" ? Stabilizers.none : .published
      if name == "no warm-up" { stabilizers.tangentWarmUp = nil }
      if name == "no normalisation" { stabilizers.tangentNormalization = nil }
      if name == "no rearrangement" { stabilizers.rearrangesTangent = false }
      let isUnweighted = name == "no learned weight" || name == "none"
      let isFourier = name == "Fourier times" || name == "none"
      return NamedRun(
        "sCM " + name,
        TrainingConfiguration(
          interpolant: .trigonometric,
          network: MultilayerPerceptron(timeFeatures: isFourier ? .fourier() : .positional()),
          loss: TrainingLoss(
            objective: .stabilizedConsistency, weighting: isUnweighted ? .none : .learned(),
            stabilizers: stabilizers), times: .logNormal()))
    }
  }

  static func error(_ data: Picture, _ name: String) -> Estimate {
    let kind: InterpolantKind = name.hasPrefix("sCM") ? .trigonometric : .linear
    return data.runs.estimate(name, kind, .flowMapError)
  }
}

// MARK: - Numbers

extension DiscreteToContinuous {
  private static func results(_ data: Picture) -> String {
    let slopes = data.gaps.map { gap -> [String] in
      [gap.interpolant.rawValue]
        + [\ConsistencyGap.Point.training, \.sampled, \.limit, \.euler, \.heun].map {
          gap.slope(of: $0).estimate.description
        } + [digits(gap.points.last?.lossRatio ?? .nan)]
    }
    let discrete = discreteSteps.map { step in
      ["\(step)"] + discreteMethods.map { error(data, "\($0.name) \(step)").description }
    }
    let others = ["limit of CD", "limit of CT"] + schedules.map(\.name)
    let named = others + stabilizerNames.map { "sCM " + $0 }
    let ends = named.map { name -> [String] in
      let own = data.runs.filter { $0.name == name }
      return [
        name, error(data, name).description,
        acrossSeeds(own.map(\.largestGradientNorm)).description,
        "\(own.count { $0.failure != nil })",
      ]
    }
    return "Slopes in Δ of differences of updates, ‖G − G'‖/‖G₀‖, G = ∇L/Δ, Δ = T/16…T/2048:\n\n"
      + textTable(
        [
          "interpolant", "CT − CD, mean", "CT − CD, drawn", "CT − limit", "Euler bias",
          "Heun bias", "(L_CT − L_CD)/Δ²tr",
        ], slopes) + "\n\nFlow-map error of trained maps (linear interpolant):\n\n"
      + textTable(["Δ"] + discreteMethods.map(\.name), discrete) + "\n\n"
      + textTable(["run", "flow-map error", "largest gradient norm", "stopped"], ends)
      + "\n\n  Means over \(data.seeds) seeds with the standard error of the mean, \(data.steps) steps; "
      + "errors over runs that ended.\n"
  }

  private static func claims(_ data: Picture) -> [Claim] {
    func slopes(_ path: KeyPath<ConsistencyGap.Point, Double>) -> [Estimate] {
      data.gaps.map { $0.slope(of: path).estimate }
    }
    func list(_ slopes: [Estimate]) -> String {
      slopes.map { digits($0.value) }.joined(separator: ", ")
    }
    let largest = discreteSteps[0]
    let (euler, heun) = (
      error(data, "CD, Euler \(largest)"), error(data, "CD, Heun \(largest)")
    )
    let all = error(data, "sCM all")
    let worse = stabilizerNames.dropFirst().map { name in
      (name: name, error: error(data, "sCM " + name))
    }
    let helpful = worse.filter { $0.error.isShown(above: all) || !$0.error.value.isFinite }
    return [
      Claim(
        statement: "CD = CT + O(Δ) for updates, in the mean over the data behind a point.",
        isShown: slopes(\.training).allSatisfy { $0.isShown(within: 0.1, of: 1) },
        evidence: "slopes " + list(slopes(\.training))),
      Claim(
        statement: "A single draw a point hides it: the difference does not fall with Δ.",
        isShown: slopes(\.sampled).allSatisfy { $0.isShown(within: 0.3, of: 0) },
        evidence: "slopes " + list(slopes(\.sampled))),
      Claim(
        statement: "CT tends to the continuous loss; Euler's bias is O(Δ), Heun's O(Δ²).",
        isShown: slopes(\.limit).allSatisfy { $0.isShown(within: 0.1, of: 1) }
          && slopes(\.euler).allSatisfy { $0.isShown(within: 0.1, of: 1) }
          && slopes(\.heun).allSatisfy { $0.isShown(within: 0.1, of: 2) },
        evidence: "slopes \(list(slopes(\.limit))); \(list(slopes(\.euler))); "
          + list(slopes(\.heun))),
      Claim(
        statement: "Trained with a large step, Euler's teacher leaves a worse map than Heun's.",
        isShown: euler.isShown(above: heun),
        evidence: "flow-map error at Δ = \(largest): Euler \(euler), Heun \(heun)"),
      Claim(
        statement: "Each stabiliser of sCM improves the map at this scale.",
        isShown: helpful.count == worse.count,
        evidence: "all \(all); "
          + worse.map { "\($0.name) \($0.error)" }.joined(separator: ", ")
          + "; worse without by \(shownErrorsText): "
          + (helpful.isEmpty ? "none" : helpful.map(\.name).joined(separator: ", "))),
    ]
  }
}

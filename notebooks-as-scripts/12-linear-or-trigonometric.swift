// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import Plotting
import Probing
import Training

// # Figure 12: Linear or trigonometric
//
// The endpoint map f*(z;T,0) is the same for both interpolants; the paths to it and the losses on them are
// not. This walkthrough trains the same network on the same budget with every objective and both
// interpolants, and measures what the mixed units of the published trigonometric tangent do.

public enum LinearOrTrigonometric: Walkthrough {
  public static let number = 12
  public static let title = "Linear or trigonometric"
  public static let summary = """
    Every objective with both interpolants on the same budget: metrics and trajectories; and the published \
    trigonometric tangent beside the consistent one.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    session.print(prologue)

    // ## The experiment
    let sets = try session.evaluationSets(target)
    let seeds = session.seeds(5, thorough: 12)
    let steps = session.isThorough ? 4000 : 1000
    let runs = try session.train(
      (InterpolantKind.allCases.flatMap(methodRuns) + publishedRuns)
        .repeated(over: seeds, steps: steps, keepingTrajectoriesOf: session.seed), against: sets,
      label: "figure 12")
    let data = try picture(
      target, runs, floor: sets[.linear]?.slicedWassersteinFloor, seeds: seeds.count,
      steps: steps, threads: session.threads)

    // ## The numbers
    session.print(results(data))
    for claim in claims(data) { session.print(claim) }
    try session.deliver(data, number: number, draw: draw)
  }

  private static let prologue = """
    Figure 12 · Linear or trigonometric

      linear          α = 1 − t, σ = t,         f = x − (t − s) F
      trigonometric   α = cos t, σ = sin t,     f = cos(t − s) x − sin(t − s) F

    Same network, batches, optimiser, steps and law of t/T and s/T. The published trigonometric tangent moves x
    per radian but t per unit of t/T: dF = ∇F·w + (π/2) ∂_t F, a direction that no path has.

    """
}

// MARK: - The runs

extension LinearOrTrigonometric {
  static let methods: [(name: String, objective: Objective)] = [
    ("direct, sg", .directSemi), ("oracle", .eulerianSemi), ("ESD", .eulerianSelfDistillation),
    ("LSD", .lagrangianSelfDistillation), ("PSD-M", .progressiveSelfDistillationMidpoint),
    ("iSD", .improvedSelfDistillation), ("CD, Heun", .consistencyDistillationHeun),
    ("CT", .consistencyTraining), ("sCM", .stabilizedConsistency),
  ]

  /// The objectives whose target holds a tangent.
  static let publishedMethods = ["direct, sg", "oracle", "iSD", "sCM"]

  private static func configuration(
    _ objective: Objective, _ kind: InterpolantKind, tangent: TangentMethod = .exact
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      interpolant: kind,
      loss: TrainingLoss(
        objective: objective, weighting: objective.isDiscreteConsistency ? .inverseStep : .none,
        tangent: tangent, discretization: .constant(step: kind.endTime / 50)))
  }

  private static func methodRuns(_ kind: InterpolantKind) -> [NamedRun] {
    methods.map { NamedRun($0.name, configuration($0.objective, kind)) }
  }

  private static var publishedRuns: [NamedRun] {
    methods.filter { publishedMethods.contains($0.name) }.map {
      NamedRun(
        $0.name + ", published",
        configuration($0.objective, .trigonometric, tangent: .published))
    }
  }
}

// MARK: - Numbers

extension LinearOrTrigonometric {
  static let shownMetrics: [Metric] = [
    .flowMapError, .slicedWasserstein, .eulerianLoss, .fractionInsideModes,
  ]

  private static func results(_ data: Picture) -> String {
    let names =
      methods.flatMap { method in InterpolantKind.allCases.map { (method.name, $0) } }
      + publishedMethods.map { ($0 + ", published", InterpolantKind.trigonometric) }
    let rows = names.map { name, kind in
      [name, kind.rawValue]
        + shownMetrics.map { data.runs.estimate(name, kind, $0).description }
    }
    let failures = data.runs.compactMap { run in
      run.failure.map { "  \(run.name), \(run.interpolant.rawValue), seed \(run.seed): \($0)\n" }
    }
    return textTable(["objective", "interpolant"] + shownMetrics.map(\.label), rows)
      + "\n\n  Means over \(data.seeds) seeds with the standard error of the mean, \(data.steps) steps. "
      + "Sliced W2 of an exact sample: \(data.floor).\n" + failures.joined()
  }

  private static func claims(_ data: Picture) -> [Claim] {
    func end(_ name: String, _ kind: InterpolantKind) -> Estimate {
      data.runs.estimate(name, kind, .flowMapError)
    }
    func better(_ kind: InterpolantKind, than other: InterpolantKind) -> [String] {
      methods.map(\.name).filter { end($0, other).isShown(above: end($0, kind)) }
    }
    func list(_ names: [String]) -> String {
      names.isEmpty ? "none" : names.joined(separator: "; ")
    }
    let trigonometric = better(.trigonometric, than: .linear)
    let linear = better(.linear, than: .trigonometric)
    let published = publishedMethods.map {
      (
        name: $0, consistent: end($0, .trigonometric),
        published: end($0 + ", published", .trigonometric)
      )
    }
    let harmed = published.filter { $0.published.isShown(above: $0.consistent) }
    let stopped = InterpolantKind.allCases.flatMap { kind in
      methods.compactMap { method -> String? in
        let count = data.runs.count {
          $0.name == method.name && $0.interpolant == kind && $0.failure != nil
        }
        return count > 0 ? "\(method.name), \(kind.rawValue): \(count) of \(data.seeds)" : nil
      }
    }
    return [
      Claim(
        statement: "Every objective trains stably with both interpolants at this learning rate.",
        isShown: stopped.isEmpty, evidence: "diverged: \(list(stopped))"),
      Claim(
        statement: "The trigonometric interpolant gives better maps at equal budget.",
        isShown: trigonometric.count > methods.count / 2 && linear.isEmpty,
        evidence: "flow-map error lower by \(shownErrorsText) with the trigonometric: "
          + "\(list(trigonometric)); with the linear: \(list(linear))"),
      Claim(
        statement: "The published tangent leads to another map, further from the flow map.",
        isShown: harmed.count == published.count,
        evidence: published.map {
          "\($0.name): consistent \($0.consistent), published \($0.published)"
        }.joined(separator: "; ")),
    ]
  }
}

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
import Runs
import Training

// # Figure 3: Degenerate solutions
//
// A flow map f(x; t, s) is characterised by D_{v*} f = 0: its value does not change along the flow. Direct
// training replaces the marginal velocity v*, which nobody knows, by the velocity v_c of a single pair of
// data and noise. This walkthrough trains the same small network with six objectives and holds each against
// the exact flow map.

public enum DegenerateMaps: Walkthrough {
  public static let number = 3
  public static let title = "Degenerate solutions"
  public static let summary = """
    Six objectives side by side on one mixture, three seeds each: direct training converges to a flattened \
    map, its stopped-gradient form, ESD and iSD do not; all held against the exact flow map.
    """

  static let methods: [Method] = [
    .direct, .directSemi, .eulerianAtZero, .eulerian, .improved, .oracle,
  ]

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    session.print(prologue(target))

    // ## The experiment
    //
    // Every method gets the same network, batches, optimiser and number of steps. Runs are independent, so
    // they are trained side by side, one a thread.
    let experiment = try Experiment(session, target: target)
    let outcomes = try experiment.run()

    // ## The numbers
    let summaries = Dictionary(
      uniqueKeysWithValues: methods.map { method in
        (method.name, outcomes.filter { $0.method == method.name })
      })
    session.print(results(summaries, experiment.evaluation))
    for claim in claims(summaries) { session.print(claim) }
    session.print(epilogue)

    // ## The picture
    try session.deliver(
      try experiment.picture(outcomes), number: number, draw: draw)
  }

  private static func prologue(_ target: GaussianMixture) -> String {
    """
    Figure 3 · Degenerate solutions

    For any map f the direct loss splits exactly into

        E‖D_{v_c} f‖² = E‖D_{v*} f‖² + E tr(∇f Σ ∇fᵀ),    Σ = Cov[v_c | x_t].

    The first term (LED) vanishes for the flow map. The second does not: it rewards a small Jacobian, so the
    minimiser trades some LED for a flatter map. Stopping the gradient through the target, or replacing v_c by
    a velocity that is free of this scatter, removes the reward.

    Target "\(target.name)", linear interpolant; objectives:
      direct       ‖D_{v_c} f‖², full gradient                     (direct training)
      direct, sg   the same with the whole target stopped          (MeanFlow, sCT)
      ESD, s = 0   ‖∂_t f + sg(∇f v̂)‖² towards s = 0 only         (Eulerian self-distillation)
      ESD          the same with relaxed times s < t
      iSD          ‖F − sg(F + D_{v̂} f)‖², v̂ the network's own velocity
      oracle       the same with the exact v*

    """
  }

  private static let epilogue = """

    What to look at: the direct map carries the square of noise to a small, rounded patch between the modes,
    because a flat map pays less for the scatter of v_c. The others fold the square into the modes as the exact
    map does, as far as a small network and short training allow.

    """
}

// MARK: - The experiment

extension DegenerateMaps {
  /// What one training run leaves.
  struct Outcome: Codable, Sendable {
    let method: String
    let seed: UInt64
    /// Metrics by step.
    let rows: [Row]
    /// Why the run stopped before its last step, if it did.
    let failure: String?
    let samples: [PlotPoint]
    let trajectories: [[PlotPoint]]
    let grid: [PlotPoint]

    struct Row: Codable, Sendable {
      let step: Int
      let values: [String: Double]
    }

    func last(_ metric: Metric) -> Double { rows.last?.values[metric.rawValue] ?? .nan }
  }

  struct Experiment {
    let session: WalkthroughSession
    let target: GaussianMixture
    let evaluation: EvaluationSet
    let seeds: [UInt64]
    let steps: Int
    static let gridSide = 41

    init(_ session: WalkthroughSession, target: GaussianMixture) throws {
      self.session = session
      self.target = target
      seeds = session.seeds(3, thorough: 8)
      steps = session.isThorough ? 4000 : 1000
      evaluation = try EvaluationSet(
        source: target, interpolant: .linear, count: 1024, threads: session.threads)
    }

    func configuration(_ method: Method, seed: UInt64) -> TrainingConfiguration {
      TrainingConfiguration(
        loss: TrainingLoss(objective: method.objective), times: method.times, steps: steps,
        seed: seed, metricsInterval: steps / 20, evaluationPoints: evaluation.count,
        precision: session.precision)
    }

    func run() throws -> [Outcome] {
      try session.trainEach(methods, seeds: seeds, steps: steps, label: "figure 3") {
        try train($0, seed: $1, onStep: $2, as: session.precision.scalarType)
      }
    }

    private func train<Scalar: TrainingScalar>(
      _ method: Method, seed: UInt64, onStep: () -> Void, as type: Scalar.Type
    ) throws -> Outcome {
      let configuration = configuration(method, seed: seed)
      let pool = WorkerPool(threads: 1)
      let run = TrainingRun<Scalar>(configuration, evaluation: evaluation, pool: pool)
      var rows: [Outcome.Row] = []
      var failure: String?
      do {
        try run.run(onStep: { _ in onStep() }) { row in
          rows.append(Outcome.Row(step: row.step, values: row.byName))
        }
      } catch let error as NonFiniteError {
        // A method that diverges is a finding, not an accident: it is drawn up to that step.
        failure = error.description
      }
      let network = configuration.network
      let parameters = run.trainer.parameters
      func sampler(_ rows: Int) -> FlowMapSampler<Scalar> {
        FlowMapSampler(
          network: network, interpolant: LinearInterpolant(), parameters: parameters, rows: rows,
          pool: pool)
      }
      let paths = sampler(trajectoryStarts.count / 2)
      let images = try trajectoryTimes.map {
        try paths.map(trajectoryStarts, from: 1, to: 1 - $0)
      }
      let grid = squareNodes(side: Experiment.gridSide, extent: 2.5)
      return Outcome(
        method: method.name, seed: configuration.seed, rows: rows, failure: failure,
        samples: planePoints(try run.evaluator.sample()),
        trajectories: planePaths(images),
        grid: planePoints(try sampler(grid.count / 2).map(grid, from: 1, to: 0)))
    }
  }
}

// MARK: - Numbers

extension DegenerateMaps {
  private static let shownMetrics: [Metric] = [
    .eulerianLossAtZero, .jacobianNormAtZero, .flowMapError, .slicedWasserstein,
    .fractionInsideModes,
  ]

  private static func results(
    _ outcomes: [String: [Outcome]], _ evaluation: EvaluationSet
  ) -> String {
    let rows = methods.map { method in
      [plain(method.name)]
        + shownMetrics.map { metric in
          acrossSeeds((outcomes[method.name] ?? []).map { $0.last(metric) }).description
        }
    }
    let header = [
      "method", "LED (s = 0)", "‖∇f‖² (s = 0)", "flow-map error", "sliced W2", "inside modes",
    ]
    let failures = methods.flatMap { method in
      (outcomes[method.name] ?? []).compactMap { outcome in
        outcome.failure.map { "  \(plain(method.name)), seed \(outcome.seed): \($0)" }
      }
    }
    return textTable(header, rows) + "\n\n"
      + "  Means over \(outcomes.values.first?.count ?? 0) seeds with the standard error of the mean. "
      + "Sliced W2 between two exact samples\n  of \(evaluation.count) points is "
      + "\(evaluation.slicedWassersteinFloor): no map can be seen to do better.\n"
      + failures.map { $0 + "\n" }.joined()
  }

  private static func claims(_ outcomes: [String: [Outcome]]) -> [Claim] {
    func estimate(_ method: Method, _ metric: Metric) -> Estimate {
      acrossSeeds((outcomes[method.name] ?? []).map { $0.last(metric) })
    }
    func largestNorm(_ method: Method) -> Estimate {
      acrossSeeds(
        (outcomes[method.name] ?? []).map { outcome in
          outcome.rows.dropFirst().map { $0.values["gradientNormMaximum"] ?? .nan }.max() ?? .nan
        })
    }
    let led = Metric.eulerianLossAtZero
    let (direct, improved) = (estimate(.direct, led), estimate(.improved, led))
    let (flat, exactLike) = (
      estimate(.direct, .jacobianNormAtZero), estimate(.improved, .jacobianNormAtZero)
    )
    let (few, many) = (
      estimate(.direct, .fractionInsideModes), estimate(.improved, .fractionInsideModes)
    )
    let (semi, full) = (estimate(.directSemi, .flowMapError), estimate(.direct, .flowMapError))
    let (atZero, relaxed) = (largestNorm(.eulerianAtZero), largestNorm(.eulerian))
    func lossVariance(_ method: Method) -> Estimate {
      acrossSeeds(
        (outcomes[method.name] ?? []).map { $0.rows.last?.values["lossVariance"] ?? .nan })
    }
    let (noisy, calm) = (lossVariance(.directSemi), lossVariance(.oracle))
    return [
      Claim(
        statement: "Direct training ends far from the flow map: its LED stays of order 1.",
        isShown: direct.isShown(above: improved) && direct.isShown(above: 0.3),
        evidence: "LED at s = 0: direct \(direct), iSD \(improved)"),
      Claim(
        statement: "Its map is flatter, and few samples reach the modes.",
        isShown: exactLike.isShown(above: flat) && many.isShown(above: few),
        evidence:
          "‖∇f‖²: direct \(flat), iSD \(exactLike); inside modes: direct \(few), iSD \(many)"
      ),
      Claim(
        statement: "Stopping the gradient of the target undoes the degeneracy.",
        isShown: full.isShown(above: semi),
        evidence: "flow-map error: direct \(full), direct with stopped target \(semi)"),
      Claim(
        statement: "ESD towards s = 0 has larger gradients than ESD with relaxed times.",
        isShown: atZero.isShown(above: relaxed),
        evidence: "largest gradient norm in training: s = 0 \(atZero), s < t \(relaxed)"),
      Claim(
        statement: "With the target stopped, conditional velocities add variance to the loss.",
        isShown: noisy.isShown(above: calm),
        evidence: "variance of the loss over samples: direct, sg \(noisy), oracle \(calm)"),
    ]
  }
}

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
import RandomStreams
import Theory
import Training

// # Figure 11: Guidance in training
//
// Classifier-free guidance follows ṽ = v* + ω (v*(·|c) − v*) instead of the velocity of the class. A flow map
// can be trained to do so in one step (Pre-CFG), or its output can be extrapolated when it is sampled
// (Post-CFG). On a labelled mixture ṽ is known exactly and its flow map is an integration away, so both can be
// held against the truth.

public enum GuidanceInTraining: Walkthrough {
  public static let number = 11
  public static let title = "Guidance in training"
  public static let summary = """
    A class-conditional flow map trained with guidance (Pre-CFG) over scales, against the exact guided velocity \
    and its exact flow map; guidance in sampling (Post-CFG) beside it and on top of it: in velocities the scales \
    multiply, in maps of finite steps they do not.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.target.map { try GaussianMixture.named($0) } ?? sectors()
    try requirePlane(target)
    session.print(prologue(target))

    // ## The experiment
    //
    // One network for each scale in training, and seeds of each. Those of scales 1, 1.5 and 2 are sampled with
    // guidance as well.
    let experiment = try Experiment(session, target: target)
    let outcomes = try experiment.train()

    // ## What guidance in sampling does where nothing is left to learn
    let extrapolated = try experiment.extrapolate()

    // ## The numbers
    let results = Results(outcomes: outcomes, extrapolated: extrapolated, experiment: experiment)
    session.print(results.text)
    for claim in results.claims { session.print(claim) }
    session.print(epilogue)

    // ## The picture
    try session.deliver(try experiment.picture(results), number: number, draw: draw)
  }

  /// Six Gaussians on a circle, neighbours in pairs of one class: three classes that overlap.
  static func sectors() throws -> GaussianMixture {
    let angles = (0..<6).map { (Double($0) + 0.5) * .pi / 3 }
    return try GaussianMixture(
      name: "sectors", weights: [1, 1, 1, 1, 1, 1],
      means: angles.map { [1.5 * cos($0), 1.5 * sin($0)] }, deviation: 0.5,
      labels: [0, 0, 1, 1, 2, 2])
  }

  private static func prologue(_ target: GaussianMixture) -> String {
    """
    Figure 11 · Guidance in training

    Pre-CFG trains F(x_t;t,t,c) towards F(x_t;t,t,∅) + ω (v_c − F(x_t;t,t,∅)), the gradient through F(·,∅)
    stopped; one row in ten has its class dropped and is trained towards v_c. The null branch so learns v*, the
    branch of a class E[ṽ | x_t, c] = v* + ω (v*(·|c) − v*), the guided velocity, and self-distillation teaches
    the map of the flow it finds on the diagonal. Post-CFG extrapolates a trained map,
    F(·,∅) + ω (F(·,c) − F(·,∅)), for every s < t.

    On top of training with ω₁, sampling with ω₂ gives in velocities

        v* + ω₂ (v* + ω₁ (v*(·|c) − v*) − v*) = v* + ω₁ ω₂ (v*(·|c) − v*):

    the scales multiply. A map is no velocity: with δ = ω₁ (v*(·|c) − v*) a step of length h of the extrapolated
    exact maps is short of the guided map by h²/2 · ω₂ (ω₂ − 1) ∇δ δ + O(h³).

    Target "\(target.name)" with \(target.labels.count) classes, linear interpolant, iSD with relaxed times.

    """
  }

  private static let epilogue = """

    What to look at: guidance drives the samples of a class away from the other classes, to places where that
    class has hardly any data. A network trained with guidance does so in one step up to moderate scales; at the
    largest its map is wrong in shape. Post-CFG in one step extrapolates displacements: it overshoots with exact
    maps as much as with trained ones. With many steps both follow the velocity they have learnt. At large scales
    Post-CFG's is the better one here: it combines two branches of one network, and the errors they share cancel.

    """
}

// MARK: - The experiment

extension GuidanceInTraining {
  typealias Pair = GuidanceSweep.Pair

  /// Guidance in training alone.
  static func pre(_ scale: Double) -> Pair { Pair(training: scale, sampling: 1) }
  /// Guidance in sampling alone.
  static func post(_ scale: Double) -> Pair { Pair(training: 1, sampling: scale) }

  /// The branch of `∅` of the network without guidance.
  static let nullBranch = post(0)

  static let scales = [1, 1.5, 2, 3, 5]
  static let stacked = [(1.5, 2.0), (2.0, 1.5), (1.5, 1.5), (2.0, 2.0)].map {
    Pair(training: $0.0, sampling: $0.1)
  }
  static let sampling = [1, 2, 4, 8, 16]
  static let exactSampling = [1, 2, 4, 8, 16, 32]
  /// The scale at which numbers of steps are compared.
  static let comparedScale = 3.0
  /// The same as a product.
  static let comparedPair = Pair(training: 1.5, sampling: 2)

  /// `ω₁` in training and `ω₂` in sampling with exact maps.
  struct Extrapolated: Codable {
    let pair: Pair
    /// For each of ``exactSampling``, over the points of all classes.
    let errors: [Estimate]
  }

  struct Experiment {
    let session: WalkthroughSession
    let target: GaussianMixture
    let sweep: GuidanceSweep

    init(_ session: WalkthroughSession, target: GaussianMixture) throws {
      self.session = session
      self.target = target
      let steps = session.isThorough ? 16_000 : 4000
      let pairs = scales.map(pre) + scales.dropFirst().map(post) + [nullBranch] + stacked
      sweep = try GuidanceSweep(
        target: target,
        configuration: TrainingConfiguration(
          loss: TrainingLoss(
            objective: .improvedSelfDistillation, guidance: Guidance(scale: 1)), steps: steps,
          precision: session.precision), pairs: pairs,
        seeds: session.seeds(4, thorough: 8), sampling: sampling, count: 1024,
        threads: session.threads)
    }

    func train() throws -> [GuidanceSweep.Outcome] {
      let progress = ProgressLine(label: "figure 11", total: sweep.stepCount)
      defer { progress.finish() }
      let done = StepCounter()
      return try sweep.run(threads: session.threads) {
        progress.update(step: done.increment(), metric: "guided iSD")
      }
    }

    func extrapolate() throws -> [Extrapolated] {
      let pairs = scales.dropFirst().map(post) + [comparedPair]
      // Rows of the evaluation noise by class, so that networks and exact maps meet the same points.
      guard let set = sweep.sets[1] else { return [] }
      let rows = session.isThorough ? set.count : 384
      let errors = try parallelMap(pairs, threads: session.threads) { pair in
        var moments = exactSampling.map { _ in [Estimate]() }
        for (index, label) in target.labels.enumerated() {
          let chosen = (0..<rows).filter { set.classes[$0] == index }
          guard chosen.count > 1 else { continue }
          let maps = try ExtrapolatedMaps(
            target, label: label, trainingScale: pair.training, samplingScale: pair.sampling,
            interpolant: LinearInterpolant())
          let found = try maps.errors(
            chosen.flatMap { set.noise[2 * $0..<2 * $0 + 2] }, steps: exactSampling)
          for (place, estimate) in found.enumerated() { moments[place].append(estimate) }
        }
        return moments.map(pooled)
      }
      return zip(pairs, errors).map { Extrapolated(pair: $0, errors: $1) }
    }

    /// The mean over all points from those over the points of each class.
    private func pooled(_ parts: [Estimate]) -> Estimate {
      let count = parts.reduce(0) { $0 + $1.count }
      let shares = parts.map { Double($0.count) / Double(count) }
      let variance = zip(shares, parts).reduce(0) {
        $0 + $1.0 * $1.0 * $1.1.standardError * $1.1.standardError
      }
      return Estimate(
        value: zip(shares, parts).reduce(0) { $0 + $1.0 * $1.1.value },
        standardError: variance.squareRoot(), count: count)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import FlowMaps
import Foundation
import GroundTruth
import LinearAlgebra
import Measures
import Networks
import Plotting
import Probing
import Training

// # Figure 6: Loss landscapes
//
// Two questions about the loss as a function of the network's parameters. Is it sharper when every map is
// trained towards s = 0 than with relaxed times s < t? And do direct training and iSD, which differ by a
// stopped gradient and the velocity they trust, have their minima in the same place?

public enum LossLandscapes: Walkthrough {
  public static let number = 6
  public static let title = "Loss landscapes"
  public static let summary = """
    The loss of iSD on the plane of its Hessian's top two eigenvectors, for s = 0 and for relaxed times, and \
    the losses of direct training and iSD on one plane through both, with the ways of training.
    """

  static let atZero = Method(
    name: "iSD, $s$ = 0", objective: .improvedSelfDistillation, times: .endAtZero,
    color: Color(hex: 0x7FD1B9))
  static let relaxed = Method(
    name: "iSD, $s$ < $t$", objective: .improvedSelfDistillation, times: .relaxed(),
    color: Palette.green)
  static let methods = [atZero, relaxed, .direct]

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    session.print(prologue(target))

    // ## The experiment
    //
    // Every method is trained on the same seeds; of each run the largest Hessian eigenvalue of its own loss is
    // found. Landscapes are those of the first seed.
    let experiment = Experiment(session, target: target)
    let runs = try experiment.run()

    // ## The numbers
    session.print(results(runs))
    let crossed = try experiment.crossedLosses(runs)
    for claim in claims(runs, crossed) { session.print(claim) }

    // ## The picture
    let picture = try experiment.picture(runs)
    session.print(picture.captions.map { "  " + plain($0) }.joined(separator: "\n"))
    session.print(epilogue)
    try session.deliver(picture, number: number, draw: draw)
  }

  private static func prologue(_ target: GaussianMixture) -> String {
    """
    Figure 6 · Loss landscapes

    A landscape is the mean loss on a frozen batch over a plane of parameter space. Targets that the
    objective stops are computed anew at every point, as a training step would; the Hessian, which chooses
    the plane, freezes them.

    Target "\(target.name)", linear interpolant, perceptron 3 × 64; the training loss of each method is its
    own: flow matching plus iSD with s = 0 or relaxed times, or the direct loss.

    """
  }

  private static let epilogue = """

    What to look at: the two surfaces on the left have one radius and one scale. The two on the right are
    one plane under two losses: each way of training ends in the basin of its own loss.

    """
}

// MARK: - The experiment

extension LossLandscapes {
  /// A training run and its curvature.
  struct Run: Sendable {
    let method: String
    let configuration: TrainingConfiguration
    let path: [(step: Int, parameters: [Double])]
    let loss: Double
    let eigenvalue: Double
    let residual: Double
    let isConverged: Bool

    var end: [Double] { path.last?.parameters ?? [] }
  }

  struct Experiment {
    let session: WalkthroughSession
    let target: GaussianMixture
    let steps: Int
    let seeds: [UInt64]
    let side: Int

    init(_ session: WalkthroughSession, target: GaussianMixture) {
      self.session = session
      self.target = target
      steps = session.isThorough ? 4000 : 1000
      seeds = session.seeds(12, thorough: 24)
      side = 61
    }

    /// The batch on which landscapes are computed: none that a run was trained on.
    var batch: ProbeBatch { ProbeBatch(rows: 2048, seed: session.seed &+ 1_000_003) }

    func run() throws -> [Run] {
      try session.trainEach(methods, seeds: seeds, steps: steps, label: "figure 6") {
        method, seed, onStep in
        let configuration = TrainingConfiguration(
          loss: TrainingLoss(objective: method.objective), times: method.times, steps: steps,
          seed: seed, precision: session.precision)
        let path = try train(configuration, onStep: onStep, as: session.precision.scalarType)
        return try measured(method, configuration, path)
      }
    }

    private func train<Scalar: TrainingScalar>(
      _ configuration: TrainingConfiguration, onStep: () -> Void, as type: Scalar.Type
    ) throws -> [(step: Int, parameters: [Double])] {
      let trainer = Trainer<Scalar>(configuration, source: target, pool: WorkerPool(threads: 1))
      var path = [(step: 0, parameters: trainer.parameters.values)]
      for step in 1...steps {
        try trainer.advance()
        onStep()
        // Closer together in the beginning, where the way is longest.
        let isKept = step % (steps / 20) == 0 || (step < steps / 10 && step % (steps / 100) == 0)
        if isKept { path.append((step, trainer.parameters.values)) }
      }
      return path
    }

    /// The largest Hessian eigenvalue, on a batch of its own times.
    private func measured(
      _ method: Method, _ configuration: TrainingConfiguration,
      _ path: [(step: Int, parameters: [Double])]
    ) throws -> Run {
      let probe = LossProbe<Double>(
        configuration, source: target,
        batch: ProbeBatch(rows: 512, seed: configuration.seed &+ 1_000_003),
        pool: WorkerPool(threads: 1))
      probe.parameters = path.last?.parameters ?? []
      let pairs = try lanczos(
        probe.curvature(.hessian), .largest(1), settings: KrylovSettings(relativeTolerance: 1e-4))
      return Run(
        method: method.name, configuration: configuration, path: path, loss: try probe.loss(),
        eigenvalue: pairs.eigenvalues[0], residual: pairs.residuals[0],
        isConverged: pairs.isConverged)
    }

    /// For direct training and iSD and each seed: the loss at the other's end minus that at its own.
    func crossedLosses(_ runs: [Run]) throws -> [String: [Double]] {
      let pool = WorkerPool(threads: session.threads)
      func losses(_ method: Method, at other: Method) throws -> [Double] {
        try zip(runs.filter { $0.method == method.name }, runs.filter { $0.method == other.name })
          .map { own, foreign in
            let probe = LossProbe<Double>(
              own.configuration, source: target, batch: batch, pool: pool)
            probe.parameters = foreign.end
            let there = try probe.loss()
            probe.parameters = own.end
            return there - (try probe.loss())
          }
      }
      return [
        Method.direct.name: try losses(.direct, at: relaxed),
        relaxed.name: try losses(relaxed, at: .direct),
      ]
    }
  }
}

// MARK: - Numbers

extension LossLandscapes {
  private static func eigenvalues(_ runs: [Run], _ method: Method) -> Estimate {
    acrossSeeds(runs.filter { $0.method == method.name }.map(\.eigenvalue))
  }

  private static func results(_ runs: [Run]) -> String {
    let rows = methods.map { method -> [String] in
      let own = runs.filter { $0.method == method.name }
      return [
        plain(method.name), acrossSeeds(own.map(\.loss)).description,
        eigenvalues(runs, method).description,
        digits(own.map(\.residual).max() ?? .nan),
        own.allSatisfy(\.isConverged) ? "yes" : "no",
      ]
    }
    return textTable(
      ["method", "own loss", "largest eigenvalue", "largest residual", "converged"], rows)
      + "\n\n  Means over \(runs.count / methods.count) seeds with the standard error of the mean; "
      + "Hessian of the method's own loss\n  on 512 fresh rows, targets frozen.\n"
  }

  private static func claims(_ runs: [Run], _ crossed: [String: [Double]]) -> [Claim] {
    let (zero, times) = (eigenvalues(runs, atZero), eigenvalues(runs, relaxed))
    let direct = acrossSeeds(crossed[Method.direct.name] ?? [])
    let improved = acrossSeeds(crossed[relaxed.name] ?? [])
    return [
      Claim(
        statement: "With s = 0 the trained loss is sharper than with relaxed times.",
        isShown: zero.isShown(above: times),
        evidence: "largest Hessian eigenvalue: s = 0 \(zero), s < t \(times)"),
      Claim(
        statement: "Direct training prefers its own end to the flow map's neighbourhood.",
        isShown: direct.isShown(above: 0),
        evidence: "direct loss at the end of iSD minus at its own end: \(direct)"),
      Claim(
        statement: "For the loss of iSD it is the other way round.",
        isShown: improved.isShown(above: 0),
        evidence: "loss of iSD at the end of direct training minus at its own end: \(improved)"),
    ]
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import Files
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import Plotting
import Probing
import Runs
import Theory
import Training

// # Figure 15: Weighting and dimension
//
// Many trainings divide the loss of a sample by its own value, held fixed. Where the target of the regression
// scatters about its mean, this moves the minimiser. How far depends on the dimension.

public enum WeightingAndDimension: Walkthrough {
  public static let number = 15
  public static let title = "Weighting and dimension"
  public static let summary = """
    The bias of adaptive weighting for dimensions 1 to 64, by quadrature, by sampling and in trained \
    networks, and what it does to a map in the plane.
    """

  static let dimensions = [1, 2, 4, 8, 16, 32, 64]
  static let weightings: [(name: String, weighting: Weighting)] = [
    ("no weighting", .none), ("adaptive weighting", .adaptive()),
  ]

  public static func run(_ session: WalkthroughSession) throws {
    let target = try MixturePreset.four.mixture()
    if let other = session.target, other != "four" {
      throw ConfigurationError(
        setting: "target", value: other,
        accepted: "four: the exact field of the weighted loss is computed for its independent axes")
    }
    session.print(prologue)

    // ## Bias against dimension
    let curves = try curves(session)
    session.print(table(curves))

    // ## A map in the plane
    let plane = try plane(target, session)
    session.print(planeTable(plane))
    for claim in claims(curves, plane) { session.print(claim) }
    session.print("")

    // ## The picture
    try session.deliver(
      Picture(curves: curves, plane: plane, isThorough: session.isThorough), number: number,
      draw: draw)
  }

  private static let prologue = """
    Figure 15 · Weighting and dimension

    Adaptive weighting trains ℓ / sg(ℓ + η)^p, ℓ = ‖F − v_c‖²/d, with p = 1 and η = 0.01 here. Its gradient
    vanishes at F = E[w v_c|x]/E[w|x], w = 1/(ℓ + η), which is v* = E[v_c|x] only where the law of v_c given x_t
    is symmetric. For d independent coordinates of third central moment κ

        F − v* = −κ / (d (ℓ̄ + η)) · (1 + O(1/d)).

    Data: independent coordinates, each ¾ N(−0.4, 0.5²) + ¼ N(1.2, 0.5²); linear interpolant, t = ½. The fixed
    point is solved by quadrature, from drawn velocities, and by training networks with and without the weight.

    """
}

// MARK: - The experiments

extension WeightingAndDimension {
  struct Curves: Codable {
    /// By dimension: exact by quadrature, its first term in 1/d, and from draws.
    let predicted: [Estimate]
    let leading: [Estimate]
    let sampled: [Estimate]
    let slope: Estimate
    let predictedSlope: Estimate
    /// Two scattering coordinates in a space of each dimension from 2.
    let embedded: [Estimate]
    let trained: [TrainedBias]
  }

  private static func curves(_ session: WalkthroughSession) throws -> Curves {
    let experiment = WeightingExperiment(
      coordinate: try WeightingExperiment.skewed(), seed: session.seed, threads: session.threads)
    let count = session.isThorough ? 512 : 128
    func points(_ dimension: Int) -> [[Double]] {
      experiment.points(count: count, dimension: dimension, largest: 64)
    }
    let predicted = try dimensions.map { try experiment.predicted(points($0)) }
    let sampled = try dimensions.map {
      try experiment.sampled(points($0), draws: session.isThorough ? 16384 : 4096)
    }
    let training = WeightingExperiment(
      coordinate: experiment.coordinate, time: WeightingExperiment.trainingTime,
      seed: session.seed, threads: session.threads)
    let trained = try [1, 2, 4, 8].map { dimension in
      try training.trained(
        training.points(count: 512, dimension: dimension, largest: 64),
        seeds: session.isThorough ? 5 : 2, steps: session.isThorough ? 16000 : 4000)
    }
    return Curves(
      predicted: predicted.map(\.relative),
      leading: try dimensions.map { try experiment.leading(points($0)).relative },
      sampled: sampled.map(\.relative), slope: WeightingBias.slope(Array(sampled.suffix(3))),
      predictedSlope: WeightingBias.slope(Array(predicted.suffix(3))),
      embedded: try dimensions.dropFirst().map {
        try experiment.predicted(points(2), dimension: $0).relative
      }, trained: trained)
  }

  struct Outcome: Codable, Sendable {
    let weighting: String
    let metrics: [String: Double]
    let samples: [PlotPoint]
  }

  struct Plane: Codable {
    let extent: Double
    let density: ScalarGrid
    /// `‖F − v*‖` and `F − v*` of the weighted fixed point at `t = ½`.
    let bias: ScalarGrid
    let biasField: VectorGrid
    let outcomes: [Outcome]
    let floor: Estimate
  }

  private static func plane(
    _ target: GaussianMixture, _ session: WalkthroughSession
  ) throws -> Plane {
    let steps = session.isThorough ? 4000 : 1500
    let evaluation = try EvaluationSet(
      source: target, interpolant: .linear, count: 1024, threads: session.threads)
    let seeds = session.seeds(3, thorough: 8)
    let jobs = weightings.flatMap { weighting in seeds.map { (weighting, $0) } }
    let outcomes = try parallelMap(jobs, threads: session.threads) { job -> Outcome in
      let configuration = TrainingConfiguration(
        loss: TrainingLoss(objective: .improvedSelfDistillation, weighting: job.0.weighting),
        steps: steps, seed: job.1, metricsInterval: steps, evaluationPoints: evaluation.count,
        precision: session.precision)
      return try train(
        configuration, job.0.name, evaluation, as: session.precision.scalarType)
    }
    let axis = try GaussianMixture(weights: [1, 1], means: [[-1], [1]], deviation: 0.25)
    let experiment = WeightingExperiment(
      coordinate: axis, seed: session.seed, threads: session.threads)
    let (extent, side) = (1.6, 41)
    let places = planePoints(squareNodes(side: side, extent: extent))
    let bias = try parallelMap(places, threads: session.threads) { place -> [Double] in
      let law = experiment.law(at: [place.x, place.y])
      return zip(law.fixedPoint(experiment.weight, dimension: 2), law.mean).map { $0 - $1 }
    }
    let range = -extent...extent
    return Plane(
      extent: extent,
      density: densityGrid(target, extent: 2),
      bias: ScalarGrid(
        x: range, y: range, columns: side, rows: side,
        values: bias.map { ($0[0] * $0[0] + $0[1] * $0[1]).squareRoot() }),
      biasField: VectorGrid(
        x: range, y: range, columns: side, rows: side, u: bias.map { $0[0] },
        v: bias.map { $0[1] }), outcomes: outcomes, floor: evaluation.slicedWassersteinFloor)
  }

  private static func train<Scalar: TrainingScalar>(
    _ configuration: TrainingConfiguration, _ name: String, _ evaluation: EvaluationSet,
    as type: Scalar.Type
  ) throws -> Outcome {
    let run = TrainingRun<Scalar>(
      configuration, evaluation: evaluation, pool: WorkerPool(threads: 1))
    var metrics: [String: Double] = [:]
    try run.run { metrics = $0.byName }
    return Outcome(
      weighting: name, metrics: metrics, samples: planePoints(try run.evaluator.sample()))
  }
}

// MARK: - Numbers

extension WeightingAndDimension {
  private static func table(_ curves: Curves) -> String {
    let rows = dimensions.indices.map { index in
      let trained = curves.trained.first { $0.dimension == dimensions[index] }
      return [
        "\(dimensions[index])", curves.predicted[index].description,
        digits(curves.leading[index].value), curves.sampled[index].description,
        trained.map { $0.share.description } ?? "",
        trained.map { $0.control.description } ?? "",
      ]
    }
    let header = [
      "d", "relative bias, predicted", "first term", "sampled", "share in training", "without",
    ]
    return textTable(header, rows) + "\n\n"
      + "  Relative bias: sqrt(E‖F − v*‖² / E‖v*‖²). Share in training: of the predicted bias, in networks\n"
      + "  trained with the weight less those without; \"without\": the same for the latter less v*, the error of\n"
      + "  training. Slope over d = 16 to 64: measured \(curves.slope), predicted \(digits(curves.predictedSlope.value)).\n"
  }

  static func estimate(_ plane: Plane, _ name: String, _ metric: Metric) -> Estimate {
    acrossSeeds(
      plane.outcomes.filter { $0.weighting == name }.map { $0.metrics[metric.rawValue] ?? .nan })
  }

  private static func planeTable(_ plane: Plane) -> String {
    let rows = weightings.map { weighting in
      [weighting.name]
        + [Metric.flowMapError, .slicedWasserstein, .eulerianLossAtZero, .fractionInsideModes]
        .map { estimate(plane, weighting.name, $0).description }
    }
    return textTable(
      ["iSD on \"four\"", "flow-map error", "sliced W2", "LED (s = 0)", "inside modes"], rows)
      + "\n\n  Sliced W2 between two exact samples: \(plane.floor).\n"
  }

  private static func claims(_ curves: Curves, _ plane: Plane) -> [Claim] {
    let (with, without) = (
      estimate(plane, weightings[1].name, .flowMapError),
      estimate(plane, weightings[0].name, .flowMapError)
    )
    let shares = curves.trained.map(\.share)
    let embedded = curves.embedded.map(\.value)
    return [
      Claim(
        statement: "The relative bias falls like 1/d.",
        // Nearer to 1/d than to its neighbours by √d.
        isShown: curves.slope.isShown(within: 0.25, of: -1),
        evidence: "slope over d = 16 to 64: \(curves.slope)"),
      Claim(
        statement:
          "Networks trained with the weight rest nearer to the predicted field than to v*.",
        isShown: shares.allSatisfy { $0.isShown(above: 0.5) },
        evidence: "shares of the predicted bias: "
          + shares.map(\.description).joined(separator: ", ")),
      Claim(
        statement:
          "What counts is the number of scattering coordinates, not the space around them.",
        isShown: (embedded.last ?? 0) > 0.25 * (embedded.first ?? .infinity),
        evidence: "a plane in d = 2: \(digits(embedded.first ?? .nan)), in d = 64: "
          + "\(digits(embedded.last ?? .nan))"),
      Claim(
        statement: "In the plane the weight harms the map.",
        isShown: with.isShown(above: without),
        evidence: "flow-map error: with \(with), without \(without)"),
    ]
  }
}

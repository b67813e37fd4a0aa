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
import Theory
import Training

// # Figure 8: Finite-difference tangents
//
// Objectives of consistency type differentiate the network along the path. Frameworks that lack fast forward
// differentiation replace that derivative by a central difference with a step ε. This walkthrough measures
// what that costs in accuracy, what it saves in time here, and whether training notices.

public enum FiniteDifferenceTangents: Walkthrough {
  public static let number = 8
  public static let title = "Finite-difference tangents"
  public static let summary = """
    The error of central-difference tangents against their step in both precisions, their cost beside exact \
    ones, and iSD trained with either.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let target = try session.planeTarget()
    session.print(prologue)

    // ## Accuracy
    let errors = try InterpolantKind.allCases.map {
      try TangentError(
        $0, steps: steps, rows: session.isThorough ? 8192 : 1024, seed: session.seed,
        pool: WorkerPool(threads: session.threads))
    }

    // ## Cost: one training step of iSD, one thread
    let costs = try widths.flatMap { width in try methods.map { try cost($0, width, target) } }

    // ## Training
    let trained = try train(target, session)
    let data = Picture(
      target: target.name, errors: errors, costs: costs, trained: trained,
      seeds: seeds(session).count, steps: trainingSteps(session))
    session.print(results(data))
    for claim in claims(data) { session.print(claim) }
    try session.deliver(data, number: number, draw: draw)
  }

  private static let prologue = """
    Figure 8 · Finite-difference tangents

    dF = [F(x + εw, t + ε, s) − F(x − εw, t − ε, s)]/2ε + O(ε²), and rounding of either value enters with
    1/ε: an error of u|F|/ε, u = 6e-8 in Float and 1e-16 in Double. Published code uses ε = 0.005.

    """

  private static let steps = (0...32).map { pow(10, -8 + 0.25 * Double($0)) }
  private static let widths = [64, 128, 256]
  static let publishedStep = 0.005

  /// A way to compute tangents, with its name.
  struct TangentChoice: Codable, Sendable {
    let name: String
    let method: TangentMethod
  }

  private static let methods = [
    TangentChoice(name: "exact", method: .exact),
    TangentChoice(name: "difference", method: .centralDifference(step: publishedStep)),
  ]
  private static let trainedMethods = [
    TangentChoice(name: "exact", method: .exact),
    TangentChoice(name: "ε = 0.1", method: .centralDifference(step: 0.1)),
    TangentChoice(name: "ε = 0.005", method: .centralDifference(step: publishedStep)),
    TangentChoice(name: "ε = 10^{−4}", method: .centralDifference(step: 1e-4)),
    TangentChoice(name: "ε = 10^{−6}", method: .centralDifference(step: 1e-6)),
  ]

  private static func seeds(_ session: WalkthroughSession) -> [UInt64] {
    session.seeds(3, thorough: 8)
  }

  private static func trainingSteps(_ session: WalkthroughSession) -> Int {
    session.isThorough ? 2000 : 500
  }
}

// MARK: - The experiment

extension FiniteDifferenceTangents {
  struct Picture: Codable {
    let target: String
    let errors: [TangentError]
    let costs: [Cost]
    let trained: [Trained]
    let seeds: Int
    let steps: Int
  }

  /// Time of a training step.
  struct Cost: Codable {
    let method: String
    let width: Int
    /// Microseconds a step over repetitions.
    let time: Estimate
  }

  /// The last metrics of runs with one method, in the order of the seeds.
  struct Trained: Codable {
    let method: String
    let flowMapErrors: [Double]
    let failures: [String]
  }

  private static func configuration(
    _ method: TangentMethod, width: Int, steps: Int, seed: UInt64
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      network: MultilayerPerceptron(width: width),
      loss: TrainingLoss(objective: .improvedSelfDistillation, tangent: method), steps: steps,
      seed: seed, metricsInterval: steps)
  }

  private static func cost(
    _ choice: TangentChoice, _ width: Int, _ target: GaussianMixture
  ) throws -> Cost {
    let trainer = Trainer<Float>(
      configuration(choice.method, width: width, steps: 1000, seed: 0), source: target,
      pool: WorkerPool(threads: 1))
    for _ in 0..<3 { try trainer.advance() }
    let clock = ContinuousClock()
    let times = try (0..<10).map { _ -> Double in
      let start = clock.now
      for _ in 0..<4 { try trainer.advance() }
      return (clock.now - start) / .microseconds(4)
    }
    return Cost(method: choice.name, width: width, time: Estimate(meanOf: times))
  }

  private static func train(
    _ target: GaussianMixture, _ session: WalkthroughSession
  ) throws -> [Trained] {
    let steps = trainingSteps(session)
    let set = try EvaluationSet(
      source: target, interpolant: .linear, count: 1024, threads: session.threads)
    let seeds = seeds(session)
    let jobs = trainedMethods.flatMap { method in seeds.map { (method: method, seed: $0) } }
    let ends = try parallelMap(jobs, threads: session.threads) { job -> (Double, String?) in
      let run = TrainingRun<Float>(
        configuration(job.method.method, width: 64, steps: steps, seed: job.seed),
        evaluation: set, pool: WorkerPool(threads: 1))
      var error = Double.nan
      do {
        try run.run { row in error = row[Metric.flowMapError.rawValue] ?? .nan }
        return (error, nil)
      } catch let failure as NonFiniteError {
        return (error, failure.description)
      }
    }
    return trainedMethods.enumerated().map { index, method in
      let own = ends[index * seeds.count..<(index + 1) * seeds.count]
      return Trained(
        method: method.name, flowMapErrors: own.map(\.0), failures: own.compactMap(\.1))
    }
  }
}

// MARK: - Numbers

extension FiniteDifferenceTangents {
  static let doubleRange = 1e-4...1.01e-2
  static let singleRange = 0.99e-5...5.7e-4

  private static func results(_ data: Picture) -> String {
    let slopes = data.errors.flatMap { error in
      [("Double", \TangentError.Point.double, doubleRange), ("Float", \.single, singleRange)]
        .map { name, path, range -> [String] in
          let slope = error.slope(of: path, over: range)
          let best = error.points.min { $0[keyPath: path] < $1[keyPath: path] }
          return [
            error.interpolant.rawValue, name,
            slope.estimate.description,
            digits(range.lowerBound) + "…" + digits(range.upperBound),
            digits(best?[keyPath: path] ?? .nan), digits(best?.step ?? .nan),
          ]
        }
    }
    let costs = data.costs.map { [$0.method, "\($0.width)", $0.time.description] }
    let trained = data.trained.map {
      [plain($0.method), acrossSeeds($0.flowMapErrors).description, "\($0.failures.count)"]
    }
    return textTable(
      ["interpolant", "precision", "slope", "over ε", "least error", "at ε"], slopes)
      + "\n\n" + textTable(["tangent", "width", "µs a step (iSD, batch 256, one thread)"], costs)
      + "\n\n" + textTable(["iSD trained with", "flow-map error", "runs stopped"], trained)
      + "\n\n  Slopes: least squares on logarithms. Errors: means over \(data.seeds) seeds, "
      + "\(data.steps) steps, Float.\n"
  }

  private static func claims(_ data: Picture) -> [Claim] {
    let double = data.errors.map { $0.slope(of: \.double, over: doubleRange).estimate }
    let single = data.errors.map { $0.slope(of: \.single, over: singleRange).estimate }
    func shift(_ index: Int) -> Estimate {
      acrossSeeds(
        zip(data.trained[index].flowMapErrors, data.trained[0].flowMapErrors).map { $0 - $1 })
    }
    let exact = acrossSeeds(data.trained[0].flowMapErrors)
    let shifts = data.trained.indices.dropFirst().map { (data.trained[$0].method, shift($0)) }
    let faster = widths.filter { width in
      let pair = data.costs.filter { $0.width == width }.map(\.time)
      return pair[0].isShown(above: pair[1])
    }
    return [
      Claim(
        statement: "In Double the error is O(ε²).",
        isShown: double.allSatisfy { $0.isShown(within: 0.05, of: 2) },
        evidence: "slopes " + double.map { digits($0.value) }.joined(separator: ", ")),
      Claim(
        statement: "In Float rounding takes over below an optimum and grows like 1/ε.",
        isShown: single.allSatisfy { $0.isShown(within: 0.1, of: -1) },
        evidence: "slopes below the optimum "
          + single.map { digits($0.value) }.joined(separator: ", ")),
      Claim(
        statement: "With ε = 0.005 training does not notice.",
        isShown: shift(2).isShown(within: 0.05 * exact.value, of: 0)
          && data.trained[2].failures.isEmpty,
        evidence: "flow-map error with exact tangents \(exact); change on the same seeds: "
          + shifts.map { "\(plain($0)) \($1)" }.joined(separator: ", ")),
      Claim(
        statement: "Differences are the faster way, as reported for large transformers.",
        isShown: faster.count == widths.count,
        evidence: "faster at widths \(faster) of \(widths); here exact tangents are compiled with "
          + "everything else"),
    ]
  }
}

// MARK: - The picture

extension FiniteDifferenceTangents {
  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1000, title: "Finite-difference tangents",
      grids: [
        PanelGrid(
          rows: [[errorPanel(data), costPanel(data), trainingPanel(data)]],
          columnWidths: [1.25, 0.9, 1.1], rowHeights: [0.85])
      ],
      caption: """
        a: relative error of d$F$ along ($w$, 1, 0), root mean square over points, perceptron 2 × 32 at its \
        initialisation; vertical: the published $ε$. b: one training step of iSD, perceptron \
        3 × width, batch 256, Float, one thread. c: iSD on "\(data.target)" after \(data.steps) steps, relaxed \
        times, \(data.seeds) seeds: every run and the mean with its standard error. \
        Remake with: swift run toylab figure8
        """)
  }

  private static func errorPanel(_ data: Picture) -> Panel {
    let colors = [Palette.blue, Palette.orange]
    let curves = zip(data.errors, colors).flatMap { error, color -> [Layer] in
      let x = error.points.map(\.step)
      return [
        .line(
          Line(
            x: x, y: error.points.map(\.double), color: color, width: 1.4,
            label: "\(error.interpolant.rawValue), Double")),
        .line(
          Line(
            x: x, y: error.points.map(\.single), color: color, width: 1.4, dash: .dashed,
            label: "\(error.interpolant.rawValue), Float")),
        .line(
          Line(
            x: x, y: error.points.map(\.predicted), color: Color(gray: 0.3), width: 0.8,
            dash: .dotted, label: "$ε$^2/6‖D^3$F$‖")),
      ]
    }
    return Panel(
      title: "error", x: Axis("step $ε$", scale: .log10),
      y: Axis("relative error of d$F$", scale: .log10, range: 1e-12...10), legend: .shared,
      notes: [CornerNote("slopes 2 and −1", .topRight)],
      layers: curves + [.reference(ReferenceLine(.vertical(publishedStep)))])
  }

  private static func costPanel(_ data: Picture) -> Panel {
    let layers = zip(["exact", "difference"], [Palette.green, Palette.purple]).map {
      name, color -> Layer in
      let rows = data.costs.filter { $0.method == name }
      let shift = name == "exact" ? -0.2 : 0.2
      return .bars(
        Bars(
          x: rows.indices.map { Double($0) + shift }, heights: rows.map(\.time.value),
          errors: rows.map(\.time.standardError), width: 0.36, colors: [color],
          label: name == "exact" ? "exact" : "central difference"))
    }
    let ticks = widths.enumerated().map { Tick(Double($0.offset), "\($0.element)") }
    return Panel(
      title: "cost", x: Axis("width", ticks: .at(ticks)), y: Axis("µs a step"), legend: .shared,
      layers: layers)
  }

  private static func trainingPanel(_ data: Picture) -> Panel {
    let ticks = data.trained.enumerated().map { Tick(Double($0.offset), $0.element.method) }
    let runs = data.trained.enumerated().flatMap { index, method in
      method.flowMapErrors.map { (x: Double(index) - 0.15, y: $0) }
    }
    let means = data.trained.map { acrossSeeds($0.flowMapErrors) }
    return Panel(
      title: "iSD trained", x: Axis("tangent", range: -0.5...4.5, ticks: .at(ticks)),
      y: Axis("flow-map error"), legend: .hidden,
      layers: [
        .scatter(Scatter(x: runs.map(\.x), y: runs.map(\.y), color: Color(gray: 0.6))),
        .errorBars(
          ErrorBars(
            x: means.indices.map { Double($0) + 0.1 }, y: means.map(\.value),
            errors: means.map(\.standardError), color: Palette.green)),
      ])
  }
}

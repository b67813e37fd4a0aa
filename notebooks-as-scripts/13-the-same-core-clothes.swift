// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import DataSources
import Engines
import Files
import FlowMaps
import Foundation
import Measures
import Networks
import Probing
import Runs
import Training

// The second part of figure 13: Fashion-MNIST, in runs that are kept and can be continued.

/// What the picture needs of the runs on Fashion-MNIST.
struct ClothesResults: Codable, Sendable {
  struct Run: Codable, Sendable {
    let name: String
    let steps: Int
    /// Time of training and of its measurements, where it was trained in one go; nil where it was taken up.
    let minutes: Double?
    /// Fréchet distances through training, of the average, by the number of sampling steps.
    let curve: [CurvePoint]
    /// Fréchet distances at the end, by the number of sampling steps.
    let readings: [Int: Estimate]
    let accuracies: [Int: Estimate]
    let recalls: [Int: Estimate]
    let galleries: [Gallery]
  }

  struct CurvePoint: Codable, Sendable {
    let step: Int
    let frechet: [Int: Double]
  }

  /// Samples at one step of training, a row of images a class.
  struct Gallery: Codable, Sendable {
    let step: Int
    let samplingSteps: Int
    let images: [[Double]]
  }

  let runs: [Run]
  let floor: Estimate
  let samples: Int
}

/// Trains one network by self-distillation and by flow matching.
struct ClothesStudy {
  static let distilled = "iSD"
  static let matching = "flow matching"
  static let columns = 3

  let session: WalkthroughSession
  private let source: ResolvedRun.Source

  /// - Throws: `ImageDataError` where Fashion-MNIST is not installed, with what to install.
  init(_ session: WalkthroughSession) throws {
    self.session = session
    let request = ImageRequest(data: KnownImages.fashionMNIST.rawValue, shrink: 2)
    source = ResolvedRun.Source(request, try request.read())
  }

  /// The quarter of the rows that iSD distils takes a tangent by differences and a velocity beside what flow matching
  /// takes: measured, 1.4 times the time.
  private static let costRatio = 1.4
  static let guidance = 2.0

  private var steps: Int { session.isThorough ? 14_000 : 2400 }
  private var samples: Int { session.isThorough ? 5000 : 1000 }
  private var sampledSteps: [Int] { [1, 2, 4, 8, 64] }

  private func configuration(_ recipe: Recipe, steps: Int) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(
      network: FlowMapTransformer(
        TransformerConfiguration(
          imageSize: 14, patchSize: 2, channels: 1, width: session.isThorough ? 96 : 64,
          depth: session.isThorough ? 4 : 3, heads: 4, classCount: 10)),
      batch: 64, steps: steps, seed: session.seed, metricsInterval: steps / 5)
    configuration.follow(recipe)
    // Both are guided alike, so that neither has the easier flow to learn.
    configuration.loss.guidance = Guidance(scale: Self.guidance)
    return configuration
  }

  private func run(_ recipe: Recipe, steps: Int, measures: [Int]) -> ResolvedRun {
    ResolvedRun(
      configuration: configuration(recipe, steps: steps), source: source,
      checkpointInterval: max(steps / 20, 1),
      features: FeatureSettings(space: .classifier, samples: samples, steps: measures), threads: 1,
      command: "toylab figure13" + (session.isThorough ? " --thorough" : ""))
  }

  func run() throws -> ClothesResults {
    let jobs = [
      (name: Self.distilled, run: run(.isd, steps: steps, measures: [1, 2, 4])),
      (
        name: Self.matching,
        run: run(.flowMatching, steps: Int(Self.costRatio * Double(steps)), measures: [1, 4])
      ),
    ]
    let total = jobs.reduce(0) { $0 + $1.run.configuration.steps }
    let progress = ProgressLine(label: "figure 13, Fashion-MNIST", total: total)
    let done = StepCounter()
    try kept.makeFolder()
    let trained = try parallelMap(jobs, threads: session.threads) { job in
      try train(job.name, job.run) {
        progress.update(step: done.increment(), metric: job.name)
      }
    }
    progress.finish()
    session.print("Measuring \(samples) samples of each run in \(sampledSteps) steps.")
    let reference = try FeatureReference(
      FeatureSettings(space: .classifier, samples: samples, steps: sampledSteps), of: source,
      threads: session.threads)
    return ClothesResults(
      runs: try zip(jobs, trained).map { try results($0.name, $0.run, $1, reference) },
      floor: reference.evaluation.floor?.frechet.mean
        ?? Estimate(value: .nan, standardError: .nan, count: 0),
      samples: samples)
  }

  private var kept: KeptRuns { KeptRuns(session, figure: SameCoreOnImages.number) }
  private func path(_ name: String) -> String { kept.path(name) }

  /// What training leaves that the run's folder does not keep.
  private struct Trained {
    let minutes: Double?
    let galleries: [ClothesResults.Gallery]
  }

  /// Trains a run, or what is left of it, from stage to stage, and draws samples at each.
  private func train(
    _ name: String, _ run: ResolvedRun, onStep: () -> Void
  ) throws -> Trained {
    let (path, total) = (path(name), run.configuration.steps)
    let start = ContinuousClock.now
    var isWhole = true
    var galleries: [ClothesResults.Gallery] = []
    for stage in [total / 8, total / 2, total] {
      let training = try kept.training(name, run)
      if galleries.isEmpty && training.step > 0 { isWhole = false }
      _ = try training.train(onStep: { _ in onStep() }, shouldStop: { training.step >= stage })
      galleries += try stageGalleries(path, step: stage, isNew: training.step == stage)
    }
    let minutes = Double((ContinuousClock.now - start).components.seconds) / 60
    return Trained(minutes: isWhole ? minutes : nil, galleries: galleries)
  }

  /// The samples of a stage, drawn when it is reached and kept beside the run.
  private func stageGalleries(
    _ path: String, step: Int, isNew: Bool
  ) throws -> [ClothesResults.Gallery] {
    let file = "\(path)-samples-\(step).json"
    if !isNew {
      var kept = try OpenFile(file, .read)
      let galleries: [ClothesResults.Gallery] = try JSON.decode(from: try kept.readAll())
      try kept.close()
      return galleries
    }
    let sampler = try average(path)
    let galleries = try [1, 2, 4, 64].map { steps in
      ClothesResults.Gallery(
        step: step, samplingSteps: steps,
        images: try (0..<10).map {
          try sampler.samples(count: Self.columns, steps: steps, seed: session.seed, label: $0)
        })
    }
    try AtomicFile.write(try JSON.line(galleries), to: file)
    return galleries
  }

  /// The average of a run's latest parameters.
  private func average(_ path: String) throws -> RunSampler {
    let run = try ResolvedRun(of: RunLayout(path))
    return try RunSampler(path, averageDecay: run.configuration.averageDecays.first)
  }

  private func results(
    _ name: String, _ run: ResolvedRun, _ trained: Trained, _ reference: FeatureReference
  ) throws -> ClothesResults.Run {
    let path = path(name)
    let decay = run.configuration.averageDecays.first
    let curve = try RunLayout(path).metrics().map { row in
      ClothesResults.CurvePoint(
        step: row.step,
        frechet: Dictionary(
          uniqueKeysWithValues: (run.features?.steps ?? []).compactMap { steps in
            row[FeatureSettings.prefix(steps: steps, average: decay) + "frechet"].map {
              (steps, $0)
            }
          }))
    }
    let readings = try average(path).readings(reference, threads: session.threads)
    func byStep(_ value: (ImageReadings) -> Estimate?) -> [Int: Estimate] {
      Dictionary(
        uniqueKeysWithValues: readings.compactMap { steps, reading in
          value(reading).map { (steps, $0) }
        })
    }
    return ClothesResults.Run(
      name: name, steps: run.configuration.steps, minutes: trained.minutes, curve: curve,
      readings: byStep {
        $0.extrapolation?.distance
          ?? Estimate(value: $0.frechet, standardError: .nan, count: $0.count)
      },
      accuracies: byStep { $0.agreement?.accuracy }, recalls: byStep { $0.coverage?.recall },
      galleries: trained.galleries)
  }

  func results(_ results: ClothesResults) -> String {
    let rows = results.runs.flatMap { run in
      sampledSteps.map { steps -> [String] in
        func text(_ values: [Int: Estimate]) -> String {
          values[steps].map { "\($0)" } ?? ""
        }
        return [run.name, "\(steps)", text(run.readings), text(run.accuracies), text(run.recalls)]
      }
    }
    let times = results.runs.map { run in
      "  \(run.name): \(run.steps) steps"
        + (run.minutes.map { String(format: ", %.1f minutes", $0) } ?? ", taken up") + "; "
        + path(run.name) + "\n"
    }
    return textTable(["training", "steps", "Fréchet", "class accuracy", "recall"], rows)
      + "\n\n  \(results.samples) samples of the average, told the classes; Fréchet distance of two halves of the "
      + "held-out images: \(results.floor).\n" + times.joined()
  }
}

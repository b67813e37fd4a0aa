// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Measures
import Networks
import Probing
import Runs
import Training

// The first part of figure 13: drawn digits, where the exact flow map is known.

/// How one network learnt digits.
struct DigitRun: Codable, Sendable {
  /// Numbers at one step of training, with their errors over evaluation points.
  struct Row: Codable, Sendable {
    let step: Int
    let led: Estimate
    let mapError: Estimate
    let inside: Estimate
  }

  let name: String
  let rows: [Row]
  /// `E‖m − f*‖²` of the constant map to the mean of what the map has to choose from.
  let meanError: Double
  /// One-step samples, and where the exact map carries the same noise: images of 64 pixels.
  let samples: [[Double]]
  let exact: [[Double]]
}

/// Trains a transformer on digits: told a class of one Gaussian, told a class of three, told none.
struct DigitStudy {
  let session: WalkthroughSession

  init(_ session: WalkthroughSession) { self.session = session }

  private static let cases: [(name: String, preset: GlyphPreset, isTold: Bool)] = [
    ("one place, class told", .digits, true), ("three places, class told", .glyphs, true),
    ("one place, not told", .digits, false),
  ]

  private var steps: Int { session.isThorough ? 6000 : 1500 }

  /// Points a map is held against.
  private static let evaluationPoints = 64
  private static let shownSamples = 10

  /// Small patches mix slowly: four tokens of 16 pixels carry a digit.
  private func configuration(_ classCount: Int) -> TrainingConfiguration {
    TrainingConfiguration(
      network: FlowMapTransformer(
        TransformerConfiguration(
          imageSize: GlyphPreset.size, patchSize: 4, channels: 1, width: 64, depth: 3, heads: 4,
          classCount: classCount)),
      schedule: .linearDecay(from: 1e-3, warmUpSteps: 100),
      clipping: GradientClipping(maximumNorm: 1), batch: 128, steps: steps, seed: session.seed,
      metricsInterval: steps / 10, evaluationPoints: Self.evaluationPoints)
  }

  func run() throws -> [DigitRun] {
    let progress = ProgressLine(label: "figure 13, digits", total: Self.cases.count * steps)
    defer { progress.finish() }
    let done = StepCounter()
    return try parallelMap(Self.cases, threads: session.threads) { entry in
      let mixture = try entry.preset.mixture()
      return try trained(entry.name, on: mixture, isTold: entry.isTold) {
        progress.update(step: done.increment(), metric: entry.name)
      }
    }
  }

  private func trained(
    _ name: String, on mixture: GaussianMixture, isTold: Bool, onStep: () -> Void
  ) throws -> DigitRun {
    let configuration = configuration(isTold ? mixture.classCount : 0)
    let set = try EvaluationSet(
      source: mixture, interpolant: .linear, count: Self.evaluationPoints,
      guidanceScale: isTold ? 1 : nil)
    let pool = WorkerPool(threads: 1)
    let training = TrainingRun<Float>(configuration, evaluation: set, pool: pool)
    var rows: [DigitRun.Row] = []
    try training.run(onStep: { _ in onStep() }) { row in
      guard
        let led = row.estimate(of: isTold ? .guidedEulerianLossAtZero : .eulerianLossAtZero),
        let mapError = row.estimate(of: isTold ? .guidedMapError : .flowMapError),
        let inside = row.estimate(of: .fractionInsideModes)
      else { return }
      rows.append(DigitRun.Row(step: row.step, led: led, mapError: mapError, inside: inside))
    }
    let (noise, exact, classes) =
      set.guided.map { ($0.noise, $0.mappedNoise, Optional($0.classes)) }
      ?? (set.noise, set.mappedNoise, nil)
    let samples = try FlowMapSampler<Float>(
      network: configuration.network, interpolant: configuration.interpolant.interpolant,
      parameters: training.trainer.parameters, rows: set.count, pool: pool
    ).sample(noise, given: SamplingConditions(labels: classes))
    return DigitRun(
      name: name, rows: rows,
      meanError: meanError(mixture, exact: exact, classes: classes),
      samples: images(samples), exact: images(exact))
  }

  /// The mean squared distance of exact samples to the mean of their class, or of all digits where none is told.
  private func meanError(
    _ mixture: GaussianMixture, exact: [Double], classes: [Int]?
  ) -> Double {
    let d = mixture.dimension
    func mean(_ label: Int?) -> [Double] {
      let chosen = mixture.components.filter { label == nil || $0.label == label }
      return (0..<d).map { pixel in
        chosen.reduce(0) { $0 + $1.mean[pixel] } / Double(chosen.count)
      }
    }
    let count = exact.count / d
    let means =
      classes.map { labels in labels.flatMap { mean(mixture.labels[$0]) } }
      ?? Array(repeating: mean(nil), count: count).flatMap { $0 }
    return meanSquaredDistance(means, exact, dimension: d).value
  }

  private func images(_ values: [Double]) -> [[Double]] {
    let d = GlyphPreset.size * GlyphPreset.size
    return (0..<Self.shownSamples).map { Array(values[$0 * d..<($0 + 1) * d]) }
  }

  static func results(_ runs: [DigitRun]) -> String {
    let rows = runs.compactMap { run -> [String]? in
      guard let first = run.rows.first, let last = run.rows.last else { return nil }
      return [
        run.name, "\(first.led)", "\(last.led)", "\(last.mapError)", digits(run.meanError),
        "\(last.inside)",
      ]
    }
    return textTable(
      ["digits", "LED, start", "LED", "map error", "of the mean", "inside modes"], rows)
      + "\n\n  s = 0; one-step samples; means over \(evaluationPoints) points with their standard error, "
      + "step \(runs.first?.rows.last?.step ?? 0).\n"
  }
}

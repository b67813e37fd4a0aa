// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import Foundation
import GroundTruth
import Interpolants
import Probing
import Training

// What most walkthroughs ask of their session.

extension WalkthroughSession {
  /// The target asked for, or four Gaussians.
  ///
  /// - Throws: unless it lies in the plane, which pictures need.
  func planeTarget() throws -> GaussianMixture {
    let chosen = try GaussianMixture.named(target ?? "four")
    try requirePlane(chosen)
    return chosen
  }

  /// Seeds that count up from the session's own.
  func seeds(_ count: Int, thorough: Int) -> [UInt64] {
    (0..<(isThorough ? thorough : count)).map { seed &+ UInt64($0) }
  }

  /// The points on which the maps of each interpolant are evaluated.
  func evaluationSets(_ target: GaussianMixture) throws -> [InterpolantKind: EvaluationSet] {
    try Dictionary(
      uniqueKeysWithValues: InterpolantKind.allCases.map {
        ($0, try EvaluationSet(source: target, interpolant: $0, count: 1024, threads: threads))
      })
  }

  /// Trains every method on every seed side by side, one run a thread.
  ///
  /// - Parameters:
  ///   - steps: of one run, for the progress line.
  ///   - train: makes one run and reports each of its steps.
  func trainEach<Outcome: Sendable>(
    _ methods: [Method], seeds: [UInt64], steps: Int, label: String,
    train:
      @escaping @Sendable (_ method: Method, _ seed: UInt64, _ onStep: () -> Void) throws ->
      Outcome
  ) throws -> [Outcome] {
    let jobs = methods.flatMap { method in seeds.map { (method: method, seed: $0) } }
    let progress = ProgressLine(label: label, total: jobs.count * steps)
    defer { progress.finish() }
    let done = StepCounter()
    return try parallelMap(jobs, threads: threads) { job in
      try train(job.method, job.seed) {
        progress.update(step: done.increment(), metric: plain(job.method.name))
      }
    }
  }
}

extension Precision {
  /// The element type of this precision.
  var scalarType: any TrainingScalar.Type {
    switch self {
    case .float32: return Float.self
    case .float64: return Double.self
    }
  }
}

extension MetricsRow {
  /// The numbers by name.
  var byName: [String: Double] {
    Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value) })
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import Files
import Foundation
import Measures
import Probing
import Runs
import Training

/// A run on images that a figure trains and measures.
struct ImageJob: Sendable {
  let name: String
  let run: ResolvedRun
  /// The steps whose checkpoints are measured.
  let stages: [Int]
  /// Scales of guidance in sampling with which the last stage is measured again.
  var samplingScales: [Double] = []
  let reference: FeatureReference
}

/// What was measured of a run on images.
struct MeasuredImages: Codable, Sendable {
  struct Stage: Codable, Sendable {
    let step: Int
    /// By the number of sampling steps.
    let readings: [Int: ImageReadings]
    /// The Eulerian loss at s = 0 along the velocity of the run's teacher, if it has one.
    let teacherLoss: Estimate?
  }

  /// Readings with guidance in sampling.
  struct Guided: Codable, Sendable {
    let scale: Double
    let readings: [Int: ImageReadings]
  }

  let name: String
  let stages: [Stage]
  let guided: [Guided]
  /// Why it stopped before its last step, if it did.
  let failure: String?
  /// Of one training step, where the run was trained in one go; others ran beside it.
  let secondsPerStep: Double?

  /// The Fréchet distance at the last stage.
  func frechet(_ steps: Int) -> Double {
    failure == nil ? stages.last?.readings[steps]?.frechet ?? .nan : .nan
  }

  /// The share of samples that the classifier gives the class they were asked for, at the last stage.
  func accuracy(_ steps: Int) -> Estimate? { stages.last?.readings[steps]?.agreement?.accuracy }

  /// The share of the held-out images that the samples cover, at the last stage.
  func recall(_ steps: Int) -> Estimate? { stages.last?.readings[steps]?.coverage?.recall }
}

extension KeptRuns {
  /// Trains and measures runs side by side, one a thread. A run that diverges is a finding, kept with its reason.
  func measure(
    _ jobs: [ImageJob], threads: Int, label: String
  ) throws -> [MeasuredImages] {
    try makeFolder()
    let total = jobs.reduce(0) { $0 + $1.run.configuration.steps }
    let progress = ProgressLine(label: label, total: total)
    defer { progress.finish() }
    let done = StepCounter()
    return try parallelMap(jobs, threads: threads) { job in
      try measured(job) { progress.update(step: done.increment(), metric: job.name) }
    }
  }

  private func measured(_ job: ImageJob, onStep: () -> Void) throws -> MeasuredImages {
    let kept = "\(path(job.name))-readings.json"
    if let record = try ending(job.name, job.run) {
      for _ in 0..<job.run.configuration.steps { onStep() }
      if let earlier = try read(kept, of: job) { return earlier }
      return try readings(job, seconds: nil, failure: record.reason, keptAt: kept)
    }
    let start = ContinuousClock.now
    let training = try training(job.name, job.run)
    let isWhole = training.step == 0
    for _ in 0..<training.step { onStep() }
    do {
      _ = try training.train(onStep: { _ in onStep() })
    } catch let error as NonFiniteError {
      return try readings(job, seconds: nil, failure: error.description, keptAt: kept)
    }
    let spent = (ContinuousClock.now - start) / .seconds(1)
    return try readings(
      job, seconds: isWhole ? spent / Double(job.run.configuration.steps) : nil, failure: nil,
      keptAt: kept)
  }

  private func readings(
    _ job: ImageJob, seconds: Double?, failure: String?, keptAt kept: String
  ) throws -> MeasuredImages {
    let path = path(job.name)
    let metrics = try RunLayout(path).metrics()
    func read(_ step: Int, scale: Double? = nil) throws -> [Int: ImageReadings] {
      let sampler = try RunSampler(
        path, step: step, averageDecay: job.run.configuration.averageDecays.first)
      return Dictionary(
        uniqueKeysWithValues: try sampler.readings(
          job.reference, scale: scale, source: job.run.source
        ).map { ($0.steps, $0.readings) })
    }
    let measured = MeasuredImages(
      name: job.name,
      stages: failure != nil
        ? []
        : try job.stages.map { step in
          MeasuredImages.Stage(
            step: step, readings: try read(step),
            teacherLoss: metrics.last { $0.step == step }?.estimate(of: .teacherEulerianLossAtZero))
        },
      guided: failure != nil
        ? []
        : try job.samplingScales.map {
          MeasuredImages.Guided(
            scale: $0, readings: try read(job.run.configuration.steps, scale: $0))
        }, failure: failure, secondsPerStep: seconds)
    try AtomicFile.write(try JSON.line(measured), to: kept)
    return measured
  }

  /// What was read of the run before, unless it was read otherwise.
  private func read(_ path: String, of job: ImageJob) throws -> MeasuredImages? {
    guard FileSystem.exists(path) else { return nil }
    let earlier: MeasuredImages = try JSON.decode(
      from: try FileSystem.contents(of: path), path: path)
    let isSame =
      earlier.failure != nil
      || earlier.stages.map(\.step) == job.stages
        && earlier.guided.map(\.scale) == job.samplingScales
        && earlier.stages.allSatisfy {
          Set($0.readings.keys) == Set(job.reference.settings.steps)
            && $0.readings.values.allSatisfy { $0.count == job.reference.settings.samples }
        }
    return isSame ? earlier : nil
  }
}

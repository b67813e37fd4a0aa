// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import FlowMaps
internal import Foundation
internal import GroundTruth
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Training

/// Points in the plane as a run's map carries them from noise to data, and as the exact flow map does.
///
/// All are in the units of training, row-major.
public struct PlanePortrait: Sendable {
  /// Points of the data.
  public let data: [Double]
  /// From `T` to 0.
  public let times: [Double]
  /// `f(z; T, s)` at each of the times, of the latest checkpoint.
  public let carried: [[Double]]
  /// `f*(z; T, s)` of the same noise; nil where it is not known.
  public let exact: [[Double]]?
  /// One-step samples `f(z; T, 0)` of the kept checkpoints, by step.
  public let training: [(step: Int, samples: [Double])]
  /// The step of the checkpoint that carries.
  public let step: Int
  /// Whether each point was told a class.
  public let isToldClasses: Bool

  /// `E|f(z; T, 0)|²` of the kept checkpoints.
  public var mapSizes: [DiagnosisSubject.Reading] {
    training.map { step, samples in
      DiagnosisSubject.Reading(
        step: step, value: samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count / 2))
    }
  }

  private static let pointCount = 400
  private static let dataCount = 1200
  private static let frames = 24
  /// Checkpoints that are shown, spread over all that are kept.
  private static let mostCheckpoints = 12

  /// - Returns: nil for a run that is not of points in the plane, has no checkpoint or takes observations.
  /// - Throws: RunSamplerError, what reading a checkpoint or integrating the exact map throws.
  init?(
    of path: String, _ run: ResolvedRun, _ checkpoints: [RunLayout.Checkpoint], threads: Int
  ) throws {
    let network = run.configuration.network
    let source = run.source
    guard source.data.dimension == 2, source.images == nil, network.observationSize == 0,
      !checkpoints.isEmpty
    else { return nil }
    let interpolant = run.configuration.interpolant.interpolant
    let count = Self.pointCount
    let noise = RandomStream(seed: run.configuration.seed, purpose: .samplingNoise)
      .normals(rows: count, draws: 2)
    let labels =
      run.configuration.alwaysTellsClass
      ? (0..<count).map { $0 % network.classCount } : nil
    let end = interpolant.endTime
    let times = (0...Self.frames).map { end * Double(Self.frames - $0) / Double(Self.frames) }
    let sampler = try RunSampler(path)
    carried = try sampler.carried(noise, to: times, labels: labels, threads: threads)
    if labels == nil, let law = source.law {
      var frames = [noise]
      for (t, s) in zip(times, times.dropFirst()) {
        frames.append(
          try law.exactMaps(frames[frames.count - 1], from: t, to: s, interpolant, threads: threads)
        )
      }
      exact = frames
    } else {
      exact = nil
    }
    training =
      try checkpoints.spread(Self.mostCheckpoints).compactMap { checkpoint in
        guard checkpoint.step != sampler.checkpoint.step else { return nil }
        // One that is damaged is no reason to show none.
        guard let other = try? RunSampler(path, step: checkpoint.step) else { return nil }
        let samples = try other.carried(noise, to: [0], labels: labels, threads: threads)
        return (checkpoint.step, samples[0])
      } + [(sampler.checkpoint.step, carried[carried.count - 1])]
    let limit = source.data.measurementLimit ?? Self.dataCount
    data =
      source.data.measurementSamples(
        for: [.comparisonData], count: min(Self.dataCount, limit), seed: 0)[0]
    self.times = times
    step = sampler.checkpoint.step
    isToldClasses = labels != nil
  }
}

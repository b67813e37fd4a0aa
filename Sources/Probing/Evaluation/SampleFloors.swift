// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Measures
internal import RandomStreams

/// The samples that a map's own are held against, and what two exact samples of that size score: the floors of
/// ``Metric/slicedWasserstein`` and ``Metric/energyDistance``.
public struct SampleFloors: Sendable {
  /// Independent samples of the source.
  public let data: [Double]
  public let slicedWasserstein: Estimate
  public let energyDistance: Estimate
  /// ``data``, against which samples are held.
  let reference: ReferenceSample

  /// - Parameters:
  ///   - count: points of a sample.
  ///   - seed: that of the ``EvaluationSet``, whose samples these are.
  ///   - whileMeasuring: told how much of the work is done; what it throws ends the work.
  /// - Throws: what `whileMeasuring` throws.
  /// - Precondition: the source has twice as many samples to measure with.
  public init(
    source: any DataSource, count: Int, seed: UInt64 = 0,
    whileMeasuring: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let d = source.dimension
    let samples = source.measurementSamples(
      for: [.evaluationData, .evaluationSecondData], count: count, seed: seed)
    data = samples[0]
    let directions = comparisonDirections(
      dimension: d, stream: RandomStream(seed: seed, purpose: .evaluationDirections))
    reference = ReferenceSample(Points(data, dimension: d), along: directions)
    let second = Points(samples[1], dimension: d)
    slicedWasserstein = slicedWassersteinDistance(reference.points, second, along: directions)
    energyDistance = try Measures.energyDistance(
      reference.points, second, whileMeasuring: whileMeasuring)
  }
}

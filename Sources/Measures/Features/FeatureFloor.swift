// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams

/// What distances in features read between two halves of one set of samples: a reading of this size says nothing.
public struct FeatureFloor: Sendable, Hashable, Codable {
  /// Samples of each half.
  public let halfCount: Int
  /// The Fréchet distance of two halves.
  public let frechet: NoiseFloor
  /// The kernel distance of two halves; it averages to zero.
  public let kernel: NoiseFloor

  /// Deals samples into halves several times.
  ///
  /// - Parameter repetitions: how often, at least 2.
  /// - Throws: ``FeatureError`` where a half has no more samples than features.
  public init(
    of samples: Points, repetitions: Int = 5, subsets: KernelSubsets = .blocks(), seed: UInt64
  ) throws(FeatureError) {
    precondition(repetitions >= 2, "a floor of \(repetitions) dealings")
    let half = samples.count / 2
    guard half > samples.dimension else {
      throw .tooFewSamples(
        purpose: "the floor of two halves", samples: samples.count,
        needed: 2 * samples.dimension + 2, features: samples.dimension)
    }
    let order = KeyedPermutation(count: samples.count, seed: seed, purpose: .featureHalves)
    var (frechet, kernel) = (RunningMoments(), RunningMoments())
    for repetition in 0..<repetitions {
      let epoch = order.epoch(repetition)
      func part(_ places: Range<Int>) -> Points {
        Points(places.flatMap { samples[epoch[$0]] }, dimension: samples.dimension)
      }
      let (left, right) = (part(0..<half), part(half..<2 * half))
      frechet.add(
        try FeatureMoments(left).gaussian()
          .frechetDistance(to: FeatureMoments(right).gaussian()))
      kernel.add(try kernelDistance(left, right, subsets: subsets, seed: seed).value)
    }
    halfCount = half
    self.frechet = NoiseFloor(frechet)
    self.kernel = NoiseFloor(kernel)
  }
}

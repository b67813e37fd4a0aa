// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Measures

/// What samples of images are held against: the features of a reference, their law and the floor of its halves, all
/// made once.
///
/// Every reading is made by one rule for all numbers of steps and for parameters and averages alike: the same
/// features, the same seed, the same number of samples.
public struct ImageEvaluation: Sendable {
  /// What a reference is.
  public enum Reference: Sendable {
    /// Features of its images.
    case features(Points)
    /// Mean and covariance alone: no kernel distance, coverage or floor can be had.
    case law(GaussianFit)
  }

  /// The most samples, and images of the reference, of which nearest neighbours are sought.
  public static let largestCoverage = 10_000

  public let space: FeatureSpace
  public let reference: Reference
  /// The floor of two halves of the reference; nil of a law alone, or of too few images.
  public let floor: FeatureFloor?
  public let seed: UInt64
  /// How far images held out of training are from the nearest training image; empty if that is not asked for.
  public let heldOutDistances: [Double]

  private let law: GaussianFit
  /// Of the leading features of the reference; nil of a law alone.
  private let balls: NeighborBalls?

  /// Takes the features of a reference.
  ///
  /// - Parameters:
  ///   - images: of the reference, in `[−1, 1]`.
  ///   - heldOutDistances: from held-out images to the nearest training image, for memorisation.
  /// - Throws: `FeatureError` for no more images than features; `EngineError`.
  public init(
    of images: Points, in space: FeatureSpace, heldOutDistances: [Double] = [], seed: UInt64,
    pool: WorkerPool
  ) throws {
    let reader = FeatureReader(space, pool: pool)
    try reader.add(images)
    try self.init(
      .features(reader.features), in: space, heldOutDistances: heldOutDistances, seed: seed)
  }

  /// - Throws: `FeatureError` for no more images than features, or another number of features.
  public init(
    _ reference: Reference, in space: FeatureSpace, heldOutDistances: [Double] = [], seed: UInt64
  ) throws(FeatureError) {
    self.space = space
    self.reference = reference
    self.heldOutDistances = heldOutDistances
    self.seed = seed
    switch reference {
    case .features(let features):
      law = try FeatureMoments(features).gaussian()
      floor =
        features.count / 2 > features.dimension
        ? try FeatureFloor(of: features, seed: seed) : nil
      balls = try NeighborBalls(Self.leading(features, Self.largestCoverage))
    case .law(let fit):
      law = fit
      floor = nil
      balls = nil
    }
    guard law.dimension == space.featureCount else {
      throw .dimensions(left: space.featureCount, right: law.dimension)
    }
  }

  /// Holds samples against the reference.
  ///
  /// - Parameters:
  ///   - features: of the samples.
  ///   - classes: that the space tells of them; empty for none.
  ///   - labels: the classes they were asked for; nil for none.
  ///   - distances: from samples to the nearest training image; empty for none.
  /// - Throws: `FeatureError` for no more samples than features.
  public func readings(
    of features: Points, classes: [Int] = [], labels: [Int]? = nil, distances: [Double] = []
  ) throws(FeatureError) -> ImageReadings {
    var limit: FrechetExtrapolation?
    let fewest = FrechetExtrapolation.fewestSamples(features: features.dimension)
    if features.count >= fewest {
      limit = try FrechetExtrapolation(features, to: law, seed: seed)
    }
    let distance =
      if let limit { limit.distance.value } else {
        try FeatureMoments(features).gaussian().frechetDistance(to: law)
      }
    var kernel: Estimate?
    let coverage: NeighborCoverage? =
      if let balls {
        try NeighborCoverage(Self.leading(features, Self.largestCoverage), reference: balls)
      } else { nil }
    if case .features(let others) = reference {
      kernel = try kernelDistance(features, others, seed: seed)
    }
    let canTell = labels != nil && !classes.isEmpty
    return ImageReadings(
      count: features.count, frechet: distance, extrapolation: limit, kernel: kernel,
      coverage: coverage,
      agreement: canTell
        ? ClassAgreement(
          predicted: classes, wanted: labels ?? [], classCount: space.classCount) : nil,
      memorization: distances.isEmpty || heldOutDistances.isEmpty
        ? nil : Memorization(samples: distances, heldOut: heldOutDistances))
  }

  private static func leading(_ points: Points, _ count: Int) -> Points {
    guard points.count > count else { return points }
    return Points(
      Array(points.values[..<(count * points.dimension)]), dimension: points.dimension)
  }
}

/// What was measured of a set of samples.
public struct ImageReadings: Sendable, Equatable, Codable {
  /// Samples.
  public let count: Int
  /// The Fréchet distance of all of them.
  public let frechet: Double
  /// Its error and its limit for infinitely many samples; nil of too few.
  public let extrapolation: FrechetExtrapolation?
  /// The kernel distance; nil against a law alone, as is the coverage.
  public let kernel: Estimate?
  public let coverage: NeighborCoverage?
  /// How often samples are given the class they were asked for; nil where that is not known.
  public let agreement: ClassAgreement?
  /// Nil where no training images were given.
  public let memorization: Memorization?

  /// The numbers for a row of metrics, in order, under names that begin with a prefix, as `steps.2/average.0.999/`.
  public func values(prefix: String) -> [(name: String, value: Double)] {
    var values: [(name: String, value: Double)] = [(prefix + "frechet", frechet)]
    func add(_ name: String, _ estimate: Estimate?) {
      guard let estimate else { return }
      values.append((prefix + name, estimate.value))
      values.append((prefix + name + ".standardError", estimate.standardError))
    }
    if let extrapolation {
      values.append((prefix + "frechet.standardError", extrapolation.distance.standardError))
    }
    add("frechetLimit", extrapolation?.limit)
    add("kernelDistance", kernel)
    add("precision", coverage?.precision)
    add("recall", coverage?.recall)
    add("classAccuracy", agreement?.accuracy)
    if let memorization {
      values.append((prefix + "nearestTrainingRatio", memorization.ratio))
    }
    return values
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams

/// The Fréchet distance of a sample to a law, and to which number it falls as the sample grows.
///
/// The distance of `N` samples is above that of their law by a bias that falls as `1/N` and differs from law to law
/// (Chong and Forsyth 2020), so that equal numbers of samples make no fair comparison. The samples are dealt into
/// disjoint parts of a quarter, a third, a half and the whole; the mean distances of the parts, fitted by a line in
/// `1/N`, meet the axis at the distance of infinitely many.
public struct FrechetExtrapolation: Sendable, Equatable, Codable {
  /// The distance of all samples, with the jackknife's standard error.
  public let distance: Estimate
  /// The distance at `1/N = 0`, with the jackknife's standard error. It may lie below zero.
  public let limit: Estimate
  /// The parts: how many samples each has, and their mean distance.
  public let sizes: [Int]
  public let distances: [Double]

  /// What the bias adds to the distance of all samples.
  public var bias: Double { distance.value - limit.value }

  /// Tenths that the jackknife leaves out one by one.
  private static let tenths = 10
  /// How many parts each size is dealt into.
  private static let divisions = [4, 3, 2, 1]
  private static let cellsPerTenth = 12

  /// The fewest samples in `d` features: a quarter of nine tenths of them must be more than the features.
  public static func fewestSamples(features: Int) -> Int { (features + 1) * 40 / 9 + 120 }

  /// - Parameters:
  ///   - samples: in random order or not; they are dealt by the seed.
  ///   - law: what they are held against; the bias of its own finite sample stays.
  /// - Throws: ``FeatureError`` for fewer samples than ``fewestSamples(features:)``.
  /// - Complexity: 110 singular value decompositions of `d × d` matrices.
  public init(_ samples: Points, to law: GaussianFit, seed: UInt64) throws(FeatureError) {
    let needed = Self.fewestSamples(features: samples.dimension)
    guard samples.count >= needed else {
      throw .tooFewSamples(
        purpose: "the limit of a Fréchet distance", samples: samples.count, needed: needed,
        features: samples.dimension)
    }
    let cells = Self.cells(samples, seed: seed)
    let whole = try Self.reading(cells, law)
    var (shortDistances, shortLimits): ([Double], [Double]) = ([], [])
    for tenth in 0..<Self.tenths {
      let kept = cells.indices.filter { $0 % Self.tenths != tenth }.map { cells[$0] }
      let reading = try Self.reading(kept, law)
      shortDistances.append(reading.distances[Self.divisions.count - 1])
      shortLimits.append(reading.limit)
    }
    func error(_ values: [Double]) -> Double {
      let moments = RunningMoments(values)
      let count = Double(values.count)
      return (moments.variance * (count - 1) * (count - 1) / count).squareRoot()
    }
    sizes = whole.sizes
    distances = whole.distances
    distance = Estimate(
      value: whole.distances[Self.divisions.count - 1], standardError: error(shortDistances),
      count: samples.count)
    limit = Estimate(
      value: whole.limit, standardError: error(shortLimits), count: samples.count)
  }

  /// The moments of small disjoint parts of the samples, of equal sizes but for one sample.
  private static func cells(_ samples: Points, seed: UInt64) -> [FeatureMoments] {
    let order = KeyedPermutation(count: samples.count, seed: seed, purpose: .featureSubsets).epoch(
      0)
    let count = tenths * cellsPerTenth
    return (0..<count).map { cell in
      let places = cell * samples.count / count..<(cell + 1) * samples.count / count
      return FeatureMoments(
        Points(places.flatMap { samples[order[$0]] }, dimension: samples.dimension))
    }
  }

  private static func reading(
    _ cells: [FeatureMoments], _ law: GaussianFit
  ) throws(FeatureError) -> (sizes: [Int], distances: [Double], limit: Double) {
    let total = cells.reduce(0) { $0 + $1.count }
    var (sizes, distances): ([Int], [Double]) = ([], [])
    for parts in divisions {
      let width = cells.count / parts
      var sum = 0.0
      for part in 0..<parts {
        var moments = FeatureMoments(dimension: law.dimension)
        guard cells[0].dimension == law.dimension else {
          throw .dimensions(left: cells[0].dimension, right: law.dimension)
        }
        for cell in cells[part * width..<(part + 1) * width] { moments.merge(cell) }
        sum += try moments.gaussian().frechetDistance(to: law)
      }
      sizes.append(total / parts)
      distances.append(sum / Double(parts))
    }
    // The least-squares line in 1/N; parts of every size hold all samples, so that they weigh the same.
    let inverses = divisions.map { Double($0) / Double(total) }
    let count = Double(divisions.count)
    let (meanInverse, meanDistance) = (
      inverses.reduce(0, +) / count, distances.reduce(0, +) / count
    )
    let slope =
      zip(inverses, distances).reduce(0) {
        $0 + ($1.0 - meanInverse) * ($1.1 - meanDistance)
      } / inverses.reduce(0) { $0 + ($1 - meanInverse) * ($1 - meanInverse) }
    return (sizes, distances, meanDistance - slope * meanInverse)
  }
}

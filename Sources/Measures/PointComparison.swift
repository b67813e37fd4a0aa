// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams

/// Two samples held against each other by several measures, each beside its floor.
///
/// No law is known, so that the floor is what the measure reads where there is only one: both samples are thrown
/// together and dealt anew into two of the same sizes, several times (a permutation test).
public struct PointComparison: Sendable, Hashable, Codable {
  /// A measure and how it is chosen.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    case sliced, exact, energy, mmd
  }

  /// How often samples are dealt anew.
  public static let validSplits = 2...1000

  /// How many points a sample may have for the measures over all pairs.
  public static let largestPairCount = 65_536

  /// What was measured, in the order asked for.
  public let readings: [MeasureReading]

  /// Compares two samples.
  ///
  /// - Parameters:
  ///   - kinds: the measures; that over all pairs of points take time with the square of the counts.
  ///   - splits: how often samples are dealt anew for the floors, see ``validSplits``.
  ///   - directions: of the sliced distance; evenly spaced in the plane, random elsewhere.
  ///   - seed: of the splits and of random directions.
  /// - Throws: ``MeasureError``.
  public init(
    _ left: WeightedPoints, _ right: WeightedPoints, kinds: [Kind], splits: Int, directions: Int,
    seed: UInt64
  ) throws {
    precondition(Self.validSplits.contains(splits), "\(splits) splits")
    let all = left.joined(with: right)
    let order = KeyedPermutation(count: all.count, seed: seed, purpose: .measureSplits)
    func sample(_ number: Int) -> WeightedPoints {
      let epoch = order.epoch(number / 2)
      let places = number % 2 == 0 ? 0..<left.count : left.count..<all.count
      return all.selected(places.map { epoch[$0] })
    }
    readings = try kinds.map { kind in
      let measure = Self.measure(kind, left.points, right.points, directions, seed)
      var moments = RunningMoments()
      for split in 0..<splits {
        moments.add(try measure.distance(sample(2 * split), sample(2 * split + 1)).value)
      }
      return MeasureReading(
        measure: measure.title, value: try measure.distance(left, right),
        floor: NoiseFloor(moments))
    }
  }

  /// Why two samples of some sizes cannot be compared by a measure, nil if they can.
  public static func refusal(of kind: Kind, left: Int, right: Int) -> MeasureError? {
    switch kind {
    case .sliced: return nil
    case .exact:
      return left <= SampleMeasure.largestTransport / right
        ? nil : .transportSize(left: left, right: right)
    case .energy, .mmd:
      if left < 3 || right < 3 { return .tooFew(left: left, right: right) }
      return max(left, right) <= largestPairCount ? nil : .pairCount(left: left, right: right)
    }
  }

  private static func measure(
    _ kind: Kind, _ left: Points, _ right: Points, _ directions: Int, _ seed: UInt64
  ) -> SampleMeasure {
    switch kind {
    case .sliced:
      if left.dimension == 2 { return .slicedWasserstein(.evenlySpaced(count: directions)) }
      var generator = RandomStream(seed: seed, purpose: .measureDirections).generator()
      return .slicedWasserstein(
        .random(count: directions, dimension: left.dimension, using: &generator))
    case .exact: return .wasserstein
    case .energy: return .energyDistance
    case .mmd: return .maximumMeanDiscrepancy(.medianHeuristic(left, right))
    }
  }
}

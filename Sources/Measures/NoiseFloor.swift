// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What a two-sample measure reads between independent samples of one law: the level below which a
/// measured distance says nothing.
public struct NoiseFloor: Sendable, Hashable, Codable {
  /// The mean reading.
  public let mean: Estimate

  /// The standard deviation of a single reading.
  public let standardDeviation: Double

  /// Measures pairs of independent samples.
  ///
  /// - Parameters:
  ///   - repetitions: The number of pairs, at least 2.
  ///   - sample: Draws the sample of a number from 0 to `2 * repetitions - 1`; samples of different
  ///     numbers must be independent, of the law and size that the measure is used with.
  ///   - measure: The two-sample measure.
  public init(
    repetitions: Int, sample: (Int) throws -> Points,
    measure: (Points, Points) throws -> Double
  ) rethrows {
    precondition(repetitions >= 2, "A noise floor needs at least two pairs, not \(repetitions).")
    var moments = RunningMoments()
    for pair in 0..<repetitions {
      moments.add(try measure(try sample(2 * pair), try sample(2 * pair + 1)))
    }
    self.mean = moments.estimate
    self.standardDeviation = moments.standardDeviation
  }

  /// A floor from the readings of independent pairs, two or more.
  init(_ readings: RunningMoments) {
    precondition(
      readings.count >= 2, "A noise floor needs at least two pairs, not \(readings.count).")
    mean = readings.estimate
    standardDeviation = readings.standardDeviation
  }

  /// How many standard deviations of a single reading a reading lies above the mean.
  public func excess(of reading: Double) -> Double {
    (reading - mean.value) / standardDeviation
  }
}

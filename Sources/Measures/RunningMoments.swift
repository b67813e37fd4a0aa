// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Count, mean and variance of a stream of numbers, without keeping them (Welford's recurrence).
public struct RunningMoments: Sendable, Hashable, Codable {
  /// The number of values seen.
  public private(set) var count = 0

  /// Their mean; NaN before the first value.
  public var mean: Double { count > 0 ? runningMean : .nan }

  private var runningMean = 0.0
  private var squaredDeviations = 0.0

  /// Moments of no values.
  public init() {}

  /// Moments of the values of a sequence.
  public init(_ values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  /// Takes one more value into account.
  public mutating func add(_ value: Double) {
    count += 1
    let deviation = value - runningMean
    runningMean += deviation / Double(count)
    squaredDeviations += deviation * (value - runningMean)
  }

  /// Takes into account all values that `other` has seen (Chan, Golub & LeVeque 1979).
  public mutating func merge(_ other: RunningMoments) {
    guard other.count > 0 else { return }
    let total = count + other.count
    let deviation = other.runningMean - runningMean
    let share = Double(other.count) / Double(total)
    squaredDeviations +=
      other.squaredDeviations + deviation * deviation * Double(count) * share
    runningMean += deviation * share
    count = total
  }

  /// The unbiased variance of the values; NaN for fewer than two.
  public var variance: Double {
    count > 1 ? squaredDeviations / Double(count - 1) : .nan
  }

  /// The square root of ``variance``.
  public var standardDeviation: Double { variance.squareRoot() }

  /// The standard error of ``mean`` for independent values; NaN for fewer than two.
  public var standardError: Double { (variance / Double(count)).squareRoot() }

  /// The mean with its standard error.
  public var estimate: Estimate {
    Estimate(value: mean, standardError: standardError, count: count)
  }
}

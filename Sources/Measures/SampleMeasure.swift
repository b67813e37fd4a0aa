// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A distance between two samples.
public enum SampleMeasure: Sendable, Hashable {
  /// Exact W2 by assignment, for samples of equal size up to ``largestAssignment`` points.
  case wasserstein
  case slicedWasserstein(Directions)
  case energyDistance
  /// The squared discrepancy under a kernel.
  case maximumMeanDiscrepancy(GaussianKernel)
  case sinkhornDivergence(SinkhornSettings)

  /// The most points a sample may have for ``wasserstein``.
  public static let largestAssignment = 2000

  /// A line for tables.
  public var title: String {
    switch self {
    case .wasserstein: return "W2 by assignment"
    case .slicedWasserstein(let directions):
      return "sliced W2, \(directions.vectors.count) directions"
    case .energyDistance: return "energy distance"
    case .maximumMeanDiscrepancy(let kernel):
      let widths = kernel.bandwidths.map { "\(Float($0))" }.joined(separator: ", ")
      return "squared MMD, Gaussian kernel of bandwidth \(widths)"
    case .sinkhornDivergence(let settings):
      return "Sinkhorn divergence, regularisation \(Float(settings.regularization))"
    }
  }

  /// The distance between two samples with its standard error.
  ///
  /// - Throws: ``SinkhornError``; ``MeasureError`` for samples a measure cannot compare.
  public func distance(_ left: Points, _ right: Points) throws -> Estimate {
    switch self {
    case .wasserstein:
      guard left.count == right.count && left.count <= Self.largestAssignment else {
        throw MeasureError.assignmentSize(left: left.count, right: right.count)
      }
      return wassersteinEstimate(left, right)
    case .slicedWasserstein(let directions):
      return slicedWassersteinDistance(left, right, along: directions)
    case .energyDistance:
      return Measures.energyDistance(left, right)
    case .maximumMeanDiscrepancy(let kernel):
      return Measures.maximumMeanDiscrepancy(left, right, kernel: kernel)
    case .sinkhornDivergence(let settings):
      return try SinkhornDivergence(left, right, settings: settings).value
    }
  }

  /// The distance beside what the measure reads between independent samples of one law.
  ///
  /// - Parameters:
  ///   - repetitions: the number of pairs behind the floor, at least 2.
  ///   - sample: draws the sample of a number, of the size of those compared; see
  ///     ``NoiseFloor/init(repetitions:sample:measure:)``.
  public func reading(
    _ left: Points, _ right: Points, repetitions: Int, sample: (Int) throws -> Points
  ) throws -> MeasureReading {
    let floor = try NoiseFloor(repetitions: repetitions, sample: sample) {
      try distance($0, $1).value
    }
    return MeasureReading(
      measure: title, value: try distance(left, right), floor: floor)
  }
}

/// A measured distance with the level below which it says nothing.
public struct MeasureReading: Sendable, Hashable, Codable, CustomStringConvertible {
  public let measure: String
  public let value: Estimate
  public let floor: NoiseFloor

  public init(measure: String, value: Estimate, floor: NoiseFloor) {
    self.measure = measure
    self.value = value
    self.floor = floor
  }

  /// How many standard deviations of a single reading the value lies above the floor.
  public var excess: Double { floor.excess(of: value.value) }

  /// As in `energy distance: 0.0123 ± 0.0011 (noise floor 0.0002 ± 0.0010)`.
  public var description: String {
    let spread = Estimate(
      value: floor.mean.value, standardError: floor.standardDeviation, count: floor.mean.count)
    return "\(measure): \(value) (noise floor \(spread))"
  }
}

/// Samples that a measure cannot compare.
public enum MeasureError: Error, Equatable, Sendable, CustomStringConvertible {
  case assignmentSize(left: Int, right: Int)

  public var description: String {
    switch self {
    case .assignmentSize(let left, let right):
      return "exact W2 needs samples of one size up to \(SampleMeasure.largestAssignment) points, "
        + "found \(left) and \(right)"
    }
  }
}

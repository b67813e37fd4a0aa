// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A distance between two samples.
public enum SampleMeasure: Sendable, Hashable {
  /// Exact W2 by optimal transport, for up to ``largestTransport`` pairs of points.
  case wasserstein
  case slicedWasserstein(Directions)
  case energyDistance
  /// The squared discrepancy under a kernel.
  case maximumMeanDiscrepancy(GaussianKernel)
  /// For points of equal weight.
  case sinkhornDivergence(SinkhornSettings)

  /// The most pairs of points, one of each sample, for ``wasserstein``: 3,000 × 3,000.
  public static let largestTransport = 9_000_000

  /// How many points a sample must have.
  public var fewestPoints: Int {
    switch self {
    case .wasserstein, .slicedWasserstein: 1
    case .sinkhornDivergence: 2
    case .energyDistance, .maximumMeanDiscrepancy: 3
    }
  }

  /// A line for tables.
  public var title: String {
    switch self {
    case .wasserstein: return "W2, exact"
    case .slicedWasserstein(let directions):
      return "sliced W2, \(directions.vectors.count) directions"
    case .energyDistance: return "energy distance, unrooted"
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
    try distance(WeightedPoints(left), WeightedPoints(right))
  }

  /// The distance between two samples of any weights with its standard error.
  ///
  /// - Throws: ``SinkhornError``; ``MeasureError`` for samples a measure cannot compare.
  public func distance(_ left: WeightedPoints, _ right: WeightedPoints) throws -> Estimate {
    guard min(left.count, right.count) >= fewestPoints else {
      throw MeasureError.tooFew(left: left.count, right: right.count, needed: fewestPoints)
    }
    switch self {
    case .wasserstein:
      guard left.count <= Self.largestTransport / right.count else {
        throw MeasureError.transportSize(left: left.count, right: right.count)
      }
      return transportDistance(left, right)
    case .slicedWasserstein(let directions):
      return slicedWassersteinDistance(left, right, along: directions)
    case .energyDistance:
      return Measures.energyDistance(left, right)
    case .maximumMeanDiscrepancy(let kernel):
      return Measures.maximumMeanDiscrepancy(left, right, kernel: kernel)
    case .sinkhornDivergence(let settings):
      guard left.masses == nil && right.masses == nil else { throw MeasureError.weights(title) }
      return try SinkhornDivergence(left.points, right.points, settings: settings).value
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
  /// More pairs of points than exact transport takes.
  case transportSize(left: Int, right: Int)
  /// Fewer points than a measure over pairs needs.
  case tooFew(left: Int, right: Int, needed: Int = 3)
  /// More points than measures over all pairs take.
  case pairCount(left: Int, right: Int)
  /// A measure that knows no weights, by its title.
  case weights(String)

  public var description: String {
    switch self {
    case .transportSize(let left, let right):
      return "exact W2 of \(left) × \(right) points is not computed; accepted are up to "
        + "\(SampleMeasure.largestTransport) pairs (3000 × 3000); compare fewer points, or take sliced W2, "
        + "which has no limit"
    case .tooFew(let left, let right, let needed):
      return needed == 3
        ? "means over pairs of \(left) and of \(right) points are not computed; accepted are 3 points or more"
        : "samples of \(left) and of \(right) points are not compared; accepted are \(needed) or more"
    case .pairCount(let left, let right):
      return "all pairs of \(left) and \(right) points are not compared; accepted are up to "
        + "\(PointComparison.largestPairCount) points a sample; compare fewer points, or take sliced W2"
    case .weights(let title):
      return "\(title) knows no weights; accepted are points of equal weight"
    }
  }
}

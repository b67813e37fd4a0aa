// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// A user's points as a source: most to train on, the others held out for measurements, both in standardised
/// units. No law of them is known.
public struct PointCloud: DataSource, Equatable {
  /// What training sees.
  public let training: FinitePoints
  /// What measurements see.
  public let heldOut: FinitePoints
  /// The units of both, from the points of training.
  public let standardization: Standardization

  public var name: String { training.name }
  public var pointShape: [Int] { training.pointShape }
  public var classCount: Int { training.classCount }
  public var observationSize: Int { training.observationSize }

  /// The shares that may be held out.
  public static let validShares = 0.01...0.9

  /// The share that is held out unless another is asked for.
  public static let defaultShare = 0.2

  /// - Precondition: both parts have points of one shape, with classes and observations alike.
  public init(training: FinitePoints, heldOut: FinitePoints, standardization: Standardization) {
    precondition(
      training.pointShape == heldOut.pointShape && training.classCount == heldOut.classCount
        && training.observationSize == heldOut.observationSize,
      "the parts of \(training.name) are of different kinds")
    self.training = training
    self.heldOut = heldOut
    self.standardization = standardization
  }

  /// Splits points by lot.
  ///
  /// - Parameters:
  ///   - points: in their own units; the labels count from 0 to below the class count.
  ///   - heldOut: the share of the points that is held out, in ``validShares``.
  ///   - seed: of the lot.
  /// - Throws: ``FinitePointsError``, also if a part would have no point.
  public init(
    _ points: FinitePoints, heldOut share: Double = defaultShare,
    standardization kind: Standardization.Kind,
    seed: UInt64 = 0
  ) throws(FinitePointsError) {
    precondition(Self.validShares.contains(share), "the share \(share)")
    guard points.count > 1 else { throw .single(name: points.name) }
    let lot = HeldOutLot(count: points.count, share: share, seed: seed)
    let chosen = lot.places
    let units = Standardization(
      kind, of: points.rows(chosen.training, of: points.points), dimension: points.dimension)
    self.init(
      training: try points.part(chosen.training, in: units),
      heldOut: try points.part(chosen.heldOut, in: units), standardization: units)
  }

  public func filler(seed: UInt64) -> RowFiller<Float> { training.filler(seed: seed) }
  public func filler(seed: UInt64) -> RowFiller<Double> { training.filler(seed: seed) }

  /// Held-out points drawn with replacement.
  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    heldOut.labelledSamples(count: count, stream: stream)
  }

  public var measurementLimit: Int? { heldOut.count }

  public func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]] {
    heldOut.measurementSamples(for: purposes, count: count, seed: seed)
  }
}

extension FinitePoints {
  /// The numbers of some points, of a width a point.
  fileprivate func rows(_ places: [Int], of values: [Double]) -> [Double] {
    let width = values.count / count
    return places.flatMap { values[$0 * width..<($0 + 1) * width] }
  }

  /// Some of the points in other units.
  fileprivate func part(
    _ places: [Int], in units: Standardization
  ) throws(FinitePointsError) -> FinitePoints {
    try FinitePoints(
      name: name, points: units.standardized(rows(places, of: points)), shape: pointShape,
      labels: labels.isEmpty ? [] : places.map { labels[$0] }, classCount: classCount,
      observations: rows(places, of: observations))
  }
}

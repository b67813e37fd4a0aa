// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// A finite set of points as a source: every epoch sees each point once, in an order of its own.
///
/// Which point a row holds is told by ``FiniteOrder``.
public struct FinitePoints: DataSource, Equatable {
  public let name: String
  public let pointShape: [Int]
  public let classCount: Int
  public let observationSize: Int
  /// `N`
  public let count: Int

  /// `N × d`, row-major.
  public let points: [Double]
  /// A class a point; empty if there are none.
  public let labels: [Int]
  /// `N × size`, row-major.
  public let observations: [Double]

  /// - Parameters:
  ///   - points: `N × d`, row-major, finite.
  ///   - labels: a class a point, from 0 to below `classCount`; empty if there are none.
  ///   - observations: `N × size`, row-major; empty if there are none.
  /// - Throws: ``FinitePointsError``.
  public init(
    name: String, points: [Double], shape: [Int], labels: [Int] = [], classCount: Int = 0,
    observations: [Double] = []
  ) throws(FinitePointsError) {
    let dimension = shape.reduce(1, *)
    guard dimension > 0, !points.isEmpty, points.count % dimension == 0 else {
      throw .size(name: name, numbers: points.count, shape: shape)
    }
    let count = points.count / dimension
    if let index = points.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(name: name, point: index / dimension, value: points[index])
    }
    guard labels.isEmpty ? classCount == 0 : labels.count == count else {
      throw .labels(name: name, found: labels.count, expected: count)
    }
    if let row = labels.firstIndex(where: { !(0..<classCount).contains($0) }) {
      throw .label(name: name, point: row, label: labels[row], classCount: classCount)
    }
    guard observations.count % count == 0 else {
      throw .observations(name: name, found: observations.count, points: count)
    }
    self.name = name
    self.points = points
    self.labels = labels
    self.classCount = classCount
    self.observations = observations
    self.count = count
    pointShape = shape
    observationSize = observations.count / count
  }

  public func filler(seed: UInt64) -> RowFiller<Float> { rows(seed) }
  public func filler(seed: UInt64) -> RowFiller<Double> { rows(seed) }

  /// Points drawn with replacement.
  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    let places = FiniteOrder.placesWithReplacement(count, of: self.count, stream: stream)
    return (
      places.flatMap { points[$0 * dimension..<($0 + 1) * dimension] },
      places.map { labels.isEmpty ? 0 : Int32(labels[$0]) }
    )
  }

  public var measurementLimit: Int? { count }

  public func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]] {
    FiniteOrder.measurementPlaces(sets: purposes.count, count, of: self.count, seed: seed).map {
      $0.flatMap { points[$0 * dimension..<($0 + 1) * dimension] }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  private func rows<Scalar: BinaryFloatingPoint & Sendable>(_ seed: UInt64) -> RowFiller<Scalar> {
    let points = points.map { Scalar($0) }
    let labels = labels.map { Scalar($0) }
    let observations = observations.map { Scalar($0) }
    let order = FiniteOrder(count: count, seed: seed)
    return { batch in
      order.forEachRow(of: batch) { row, _, index in
        copy(points, index, to: batch.points, row, of: batch.rows.count)
        copy(labels, index, to: batch.labels, row, of: batch.rows.count)
        copy(observations, index, to: batch.observations, row, of: batch.rows.count)
      }
    }
  }
}

/// Copies the numbers of one entry to a row, where the row wants any.
@inline(__always)
private func copy<Scalar>(
  _ values: [Scalar], _ index: Int, to out: UnsafeMutableBufferPointer<Scalar>, _ row: Int,
  of rows: Int
) {
  let width = out.count / rows
  values.withUnsafeBufferPointer { values in
    for column in 0..<width { out[row * width + column] = values[index * width + column] }
  }
}

/// Data that make no finite source.
public enum FinitePointsError: Error, Equatable, Sendable, CustomStringConvertible {
  case size(name: String, numbers: Int, shape: [Int])
  case notFinite(name: String, point: Int, value: Double)
  case labels(name: String, found: Int, expected: Int)
  case label(name: String, point: Int, label: Int, classCount: Int)
  case observations(name: String, found: Int, points: Int)
  /// One point cannot be split into a part to train on and a part held out.
  case single(name: String)

  public var description: String {
    switch self {
    case .single(let name):
      return
        "\(name): one point cannot be split; accepted are two or more, some to train on and some "
        + "held out"
    case .size(let name, let numbers, let shape):
      return
        "\(name): \(numbers) numbers are no whole number of points of shape \(shape), one or more"
    case .notFinite(let name, let point, let value):
      return "\(name): point \(point) holds \(value); points must be finite"
    case .labels(let name, let found, let expected):
      return "\(name): \(found) labels for \(expected) points; there must be one a point, or none"
    case .label(let name, let point, let label, let classCount):
      return
        "\(name): the label of point \(point) is \(label); accepted are whole numbers from 0 to "
        + "\(classCount - 1)"
    case .observations(let name, let found, let points):
      return "\(name): \(found) numbers of observations do not divide among \(points) points"
    }
  }
}

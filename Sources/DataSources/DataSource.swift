// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// Where training data come from: rows of points, each with a class or an observation where the source has
/// them.
///
/// A source has no state. What a row of a batch holds is a function of the seed, the step, the row and the size
/// of the batch, so that the order is the same for any number of threads and across a resumed run.
public protocol DataSource: Sendable {
  /// For titles and files.
  var name: String { get }
  /// The shape of a point: `[d]`, or `[channels, height, width]`.
  var pointShape: [Int] { get }
  /// `d`, the numbers of a point.
  var dimension: Int { get }
  /// The number of classes, numbered from 0; 0 if rows have none.
  var classCount: Int { get }
  /// Numbers of a row's observation; 0 if rows have none.
  var observationSize: Int { get }

  /// What fills rows of batches in single precision, prepared once.
  func filler(seed: UInt64) -> RowFiller<Float>
  /// What fills rows of batches in double precision, prepared once.
  func filler(seed: UInt64) -> RowFiller<Double>

  /// Independent samples for evaluation, row-major, with the label of each as the source itself has it. Row `i`
  /// depends on the stream and on `i` alone.
  func labelledSamples(count: Int, stream: RandomStream) -> (points: [Double], labels: [Int32])

  /// Sets of samples to measure distances with, `count × d` each, row-major: a sample is in one set at most, and
  /// where the source keeps points back from training it is one of those.
  ///
  /// - Parameter purposes: what each set is for.
  /// - Precondition: the sets together have at most ``measurementLimit`` samples.
  func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]]
  /// The number of samples there are to measure with; nil if there is no end of them.
  var measurementLimit: Int? { get }
}

extension DataSource {
  public var classCount: Int { 0 }
  public var observationSize: Int { 0 }

  public var dimension: Int { pointShape.reduce(1, *) }

  public var measurementLimit: Int? { nil }

  public func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]] {
    purposes.map { samples(count: count, stream: RandomStream(seed: seed, purpose: $0)) }
  }

  /// `count × d` samples for evaluation, row-major.
  public func samples(count: Int, stream: RandomStream) -> [Double] {
    labelledSamples(count: count, stream: stream).points
  }
}

/// Fills rows of a batch; called on many threads at once, for different rows. It allocates nothing.
public typealias RowFiller<Scalar> = @Sendable (_ rows: BatchRows<Scalar>) -> Void

/// Some rows of a batch, to be filled.
public struct BatchRows<Scalar> {
  /// The training step, from 0.
  public let step: Int
  /// The rows of the batch.
  public let rows: Range<Int>
  /// Rows of the whole batch.
  public let batch: Int
  /// `rows × d`, row-major.
  public let points: UnsafeMutableBufferPointer<Scalar>
  /// A class a row; empty if it is not wanted.
  public let labels: UnsafeMutableBufferPointer<Scalar>
  /// `rows × observation size`, row-major; empty if it is not wanted.
  public let observations: UnsafeMutableBufferPointer<Scalar>

  public init(
    step: Int, rows: Range<Int>, batch: Int, points: UnsafeMutableBufferPointer<Scalar>,
    labels: UnsafeMutableBufferPointer<Scalar> = .init(start: nil, count: 0),
    observations: UnsafeMutableBufferPointer<Scalar> = .init(start: nil, count: 0)
  ) {
    self.step = step
    self.rows = rows
    self.batch = batch
    self.points = points
    self.labels = labels
    self.observations = observations
  }
}

/// An element type in which sources fill rows: Float or Double.
public protocol DataScalar: RandomScalar {
  /// The source's filler of this precision.
  static func filler(of source: any DataSource, seed: UInt64) -> RowFiller<Self>
}

extension Float: DataScalar {
  public static func filler(of source: any DataSource, seed: UInt64) -> RowFiller<Float> {
    source.filler(seed: seed)
  }
}

extension Double: DataScalar {
  public static func filler(of source: any DataSource, seed: UInt64) -> RowFiller<Double> {
    source.filler(seed: seed)
  }
}

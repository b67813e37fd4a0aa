// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// Images as a source: some to train on, others held out for measurements, both in units in which pixels lie from −1
/// to 1.
///
/// Which image a row holds is told by ``FiniteOrder``. Whether row `g` of the training shows it mirrored, left to right, is
/// decided by a coin of its own, so that an image is seen either way in different epochs.
public struct ImageSource: DataSource, Equatable {
  public let name: String
  /// What training sees.
  public let training: ImageSet
  /// What measurements see.
  public let heldOut: ImageSet
  public let units: ImageUnits
  /// Whether training sees an image mirrored half of the time.
  public let flips: Bool
  public let classCount: Int

  /// - Precondition: both parts have images of one shape, with labels below the class count or without any.
  public init(
    name: String, training: ImageSet, heldOut: ImageSet, units: ImageUnits, classCount: Int,
    flips: Bool = false
  ) {
    precondition(
      training.shape == heldOut.shape && training.labels.isEmpty == heldOut.labels.isEmpty,
      "the parts of \(name) are of different kinds")
    precondition(
      max(training.labelLimit, heldOut.labelLimit) <= classCount
        && (classCount > 0) == !training.labels.isEmpty,
      "the labels of \(name) are not those of \(classCount) classes")
    self.name = name
    self.training = training
    self.heldOut = heldOut
    self.units = units
    self.flips = flips
    self.classCount = classCount
  }

  public var pointShape: [Int] { training.shape }

  public func filler(seed: UInt64) -> RowFiller<Float> { rows(seed) }
  public func filler(seed: UInt64) -> RowFiller<Double> { rows(seed) }

  /// Held-out images drawn with replacement.
  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    let places = FiniteOrder.placesWithReplacement(count, of: heldOut.count, stream: stream)
    return (
      places.flatMap { heldOut.image($0, in: units) },
      places.map { heldOut.labels.isEmpty ? 0 : heldOut.labels[$0] }
    )
  }

  public var measurementLimit: Int? { heldOut.count }

  public func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]] {
    FiniteOrder.measurementPlaces(sets: purposes.count, count, of: heldOut.count, seed: seed).map {
      $0.flatMap { heldOut.image($0, in: units) }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  private func rows<Scalar: BinaryFloatingPoint & Sendable>(_ seed: UInt64) -> RowFiller<Scalar> {
    let order = FiniteOrder(count: training.count, seed: seed)
    let coins = RandomStream(seed: seed, purpose: .imageFlips)
    let (flips, labels, dimension) = (flips, training.labels, training.dimension)
    let width = training.shape[2]
    // Every byte in the units of training.
    let table = (0..<256).map { Scalar(units.normalized(Double($0))) }
    let (center, scale) = (Scalar(units.center), Scalar(units.scale))
    let values = training.values
    return { batch in
      order.forEachRow(of: batch) { row, number, index in
        var coin = coins.at(step: UInt64(number)).generator()
        let isFlipped = flips && coin.next() & 1 == 1
        let start = index * dimension
        let out = UnsafeMutableBufferPointer(
          rebasing: batch.points[row * dimension..<(row + 1) * dimension])
        switch values {
        case .bytes(let bytes):
          fill(out, width: width, isFlipped) { table[Int(bytes[start + $0])] }
        case .floats(let floats):
          fill(out, width: width, isFlipped) { (Scalar(floats[start + $0]) - center) / scale }
        }
        if !batch.labels.isEmpty { batch.labels[row] = Scalar(labels[index]) }
      }
    }
  }
}

/// Fills an image from its pixels, mirrored left to right or as they are.
@inline(__always)
private func fill<Scalar>(
  _ out: UnsafeMutableBufferPointer<Scalar>, width: Int, _ isFlipped: Bool,
  _ pixel: (Int) -> Scalar
) {
  guard isFlipped else {
    for place in out.indices { out[place] = pixel(place) }
    return
  }
  for start in stride(from: 0, to: out.count, by: width) {
    for column in 0..<width { out[start + column] = pixel(start + width - 1 - column) }
  }
}

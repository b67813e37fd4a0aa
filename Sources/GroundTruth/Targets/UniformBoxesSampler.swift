// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import RandomStreams

/// Draws samples of uniform boxes.
///
/// Layout of the stream, by row `i`: draw 0 is the uniform number that chooses the box by its place among the
/// cumulative weights (not drawn for a single box); draws `4 ..< 4 + d` place the point in it. Row `i` of the
/// result so depends on the stream and on `i` alone, however rows are split.
public struct UniformBoxesSampler: Sendable {
  public let dimension: Int
  /// All but the last cumulative weight.
  private let thresholds: [Double]
  /// For each box its lower corner, then its sides.
  private let corners: [Double]
  private let labels: [Int32]

  public init(_ target: UniformBoxes) {
    self.init(target, labels: target.boxes.map { Int32(truncatingIfNeeded: $0.label) })
  }

  /// - Parameter labels: one a box, in the place of its own.
  init(_ target: UniformBoxes, labels: [Int32]) {
    self.labels = labels
    dimension = target.dimension
    var sum = 0.0
    thresholds = target.boxes.dropLast().map {
      sum += $0.weight
      return sum
    }
    corners = target.boxes.flatMap { box in
      box.lower + zip(box.lower, box.upper).map { $1 - $0 }
    }
  }

  /// Fills `rows.count × d` numbers, row-major.
  ///
  /// - Parameters:
  ///   - rows: which rows of the batch; the first goes to the start of `out`.
  ///   - labels: receives the label of each row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func fill<Scalar: RandomScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, stream: RandomStream,
    labels: UnsafeMutableBufferPointer<Int32>? = nil
  ) {
    stream.fillUniform(out, rows: rows, draws: dimension, firstDraw: 4)
    precondition(
      labels.map { $0.count >= rows.count } ?? true, "\(rows.count) labels do not fit")
    let chunk = 64
    withUnsafeTemporaryAllocation(of: Double.self, capacity: chunk) { uniforms in
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
        let end = min(first + chunk, rows.upperBound)
        if !thresholds.isEmpty { stream.fillUniform(uniforms, rows: first..<end, draws: 1) }
        for row in first..<end {
          let number = uniforms[row - first]
          let box = thresholds.isEmpty ? 0 : thresholds.count { number >= $0 }
          let point = (row - rows.lowerBound) * dimension
          for axis in 0..<dimension {
            let lower = corners[2 * box * dimension + axis]
            let side = corners[(2 * box + 1) * dimension + axis]
            out[point + axis] = Scalar(lower + side * Double(out[point + axis]))
          }
          if let labels { labels[row - rows.lowerBound] = self.labels[box] }
        }
      }
    }
  }
}

extension UniformBoxes {
  /// `count × d` samples, row-major: the first rows of what a ``UniformBoxesSampler`` draws.
  public func samples(count: Int, stream: RandomStream) -> [Double] {
    labelledSamples(count: count, stream: stream).points
  }

  /// Larger than a mixture's: the layers at the edges make more digits costly.
  public var flowMapTolerance: Double { 1e-7 }

  public func isInside(_ x: [Double]) -> Bool { contains(x) }

  public func filler(seed: UInt64) -> RowFiller<Float> {
    let sampler = countedSampler
    return exactFiller(seed) { sampler.fill($0, rows: $1, stream: $2, labels: $3) }
  }

  public func filler(seed: UInt64) -> RowFiller<Double> {
    let sampler = countedSampler
    return exactFiller(seed) { sampler.fill($0, rows: $1, stream: $2, labels: $3) }
  }

  /// A sampler whose labels are the places of the boxes' labels in their order.
  private var countedSampler: UniformBoxesSampler {
    var places: [Int32] = []
    for box in boxes { places.append(Int32(labels.firstIndex(of: box.label) ?? 0)) }
    return UniformBoxesSampler(self, labels: places)
  }

  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    filled(count: count, dimension: dimension) { points, labels in
      UniformBoxesSampler(self).fill(points, rows: 0..<count, stream: stream, labels: labels)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A mixture of uniform laws on boxes with sides along the axes: checkerboards, frames, bars.
///
/// Under an interpolant everything about it is known in closed form, coordinate by coordinate, through
/// moments of truncated normals; see ``UniformBoxesMarginal``.
public struct UniformBoxes: Sendable, Equatable {
  /// One box.
  public struct Box: Sendable, Equatable {
    /// Its probability; normalised.
    public let weight: Double
    public let lower: [Double]
    public let upper: [Double]
    /// The class; the index of the box unless told otherwise.
    public let label: Int
    let logWeight: Double
    /// For each axis the place of its interval among the distinct ones.
    let intervals: [Int]

    /// The product of the sides.
    public var volume: Double { zip(lower, upper).reduce(1) { $0 * ($1.1 - $1.0) } }
  }

  public let name: String
  public let dimension: Int
  public let boxes: [Box]
  /// The distinct intervals, those of the first axis first.
  let intervals: [Interval]

  struct Interval: Sendable, Equatable {
    let axis: Int
    let lower: Double
    let upper: Double
  }

  /// - Parameters:
  ///   - name: for titles and files.
  ///   - lower: the lower corner of each box, all of one dimension `d ≥ 1`.
  ///   - upper: the upper corners, above the lower ones in every coordinate.
  ///   - weights: any positive numbers, which are normalised; by default the volumes, so that the density is
  ///     constant on a union of boxes that do not overlap.
  ///   - labels: one a box; by default its index.
  public init(
    name: String = "boxes", lower: [[Double]], upper: [[Double]], weights: [Double]? = nil,
    labels: [Int]? = nil
  ) throws(UniformBoxesError) {
    guard let dimension = lower.first?.count, dimension > 0 else { throw .noBoxes }
    for (list, count) in [
      ("upper corners", upper.count), ("weights", weights?.count ?? lower.count),
      ("labels", labels?.count ?? lower.count),
    ] where count != lower.count {
      throw .countMismatch(list: list, expected: lower.count, found: count)
    }
    for index in lower.indices {
      for corner in [lower[index], upper[index]] where corner.count != dimension {
        throw .dimensionMismatch(box: index, expected: dimension, found: corner.count)
      }
      for (low, high) in zip(lower[index], upper[index])
      where !(low < high && low.isFinite && high.isFinite && (high - low).isFinite) {
        throw .emptySide(box: index, lower: low, upper: high)
      }
    }
    let shares = weights ?? zip(lower, upper).map { zip($0, $1).reduce(1) { $0 * ($1.1 - $1.0) } }
    for (index, weight) in shares.enumerated() where !(weight > 0 && weight.isFinite) {
      throw .invalidWeight(box: index, value: weight)
    }
    self.init(
      name: name, dimension: dimension,
      parts: lower.indices.map { (shares[$0], lower[$0], upper[$0], labels?[$0] ?? $0) })
  }

  private init(
    name: String, dimension: Int,
    parts: [(weight: Double, lower: [Double], upper: [Double], label: Int)]
  ) {
    var intervals: [Interval] = []
    var places: [[Int]] = Array(repeating: [], count: parts.count)
    for axis in 0..<dimension {
      let first = intervals.count
      for (index, part) in parts.enumerated() {
        let interval = Interval(axis: axis, lower: part.lower[axis], upper: part.upper[axis])
        let known = intervals[first...].firstIndex(of: interval)
        places[index].append(known ?? intervals.count)
        if known == nil { intervals.append(interval) }
      }
    }
    // Scaled by the largest, the sum can neither overflow nor vanish.
    let largest = parts.map(\.weight).max() ?? 1
    let total = parts.reduce(0) { $0 + $1.weight / largest }
    self.name = name
    self.dimension = dimension
    self.intervals = intervals
    boxes = zip(parts, places).map { part, places in
      Box(
        weight: part.weight / largest / total, lower: part.lower, upper: part.upper,
        label: part.label, logWeight: log(part.weight) - log(largest) - log(total),
        intervals: places)
    }
  }

  /// The probability of a box of points, for histograms.
  public func probability(lower: [Double], upper: [Double]) -> Double {
    precondition(
      lower.count == dimension && upper.count == dimension,
      "corners of \(lower.count) and \(upper.count) numbers in dimension \(dimension)")
    return boxes.reduce(0) { sum, box in
      sum
        + (0..<dimension).reduce(box.weight) { share, axis in
          let overlap = min(upper[axis], box.upper[axis]) - max(lower[axis], box.lower[axis])
          return share * max(0, overlap) / (box.upper[axis] - box.lower[axis])
        }
    }
  }
}

extension UniformBoxes {
  /// Whether a point lies in one of the boxes, borders included.
  public func contains(_ x: [Double]) -> Bool {
    precondition(x.count == dimension, "a point needs \(dimension) coordinates, got \(x.count)")
    return boxes.contains { box in
      (0..<dimension).allSatisfy { box.lower[$0] <= x[$0] && x[$0] <= box.upper[$0] }
    }
  }
}

// MARK: - Classes

extension UniformBoxes {
  /// The distinct labels, in increasing order.
  public var labels: [Int] { Set(boxes.map(\.label)).sorted() }

  /// The law given its class: the boxes of one label, with their weights renormalised.
  public func restricted(toLabel label: Int) throws(UniformBoxesError) -> UniformBoxes {
    let chosen = boxes.filter { $0.label == label }
    guard !chosen.isEmpty else { throw .unknownLabel(label: label, available: labels) }
    return UniformBoxes(
      name: name, dimension: dimension,
      parts: chosen.map { ($0.weight, $0.lower, $0.upper, $0.label) })
  }
}

/// Why numbers do not describe a mixture of uniform boxes. Boxes are counted from 0.
public enum UniformBoxesError: Error, Equatable, Sendable, CustomStringConvertible {
  case noBoxes
  case countMismatch(list: String, expected: Int, found: Int)
  case dimensionMismatch(box: Int, expected: Int, found: Int)
  case emptySide(box: Int, lower: Double, upper: Double)
  case invalidWeight(box: Int, value: Double)
  case unknownLabel(label: Int, available: [Int])

  public var description: String {
    switch self {
    case .noBoxes:
      return "at least one box of at least one dimension is needed"
    case .countMismatch(let list, let expected, let found):
      return "\(list): expected \(expected) entries, one a box, found \(found)"
    case .dimensionMismatch(let box, let expected, let found):
      return "box \(box): a corner must have \(expected) coordinates, found \(found)"
    case .emptySide(let box, let lower, let upper):
      return "box \(box): the bounds must be finite and the lower below the upper, found "
        + "\(lower) and \(upper)"
    case .invalidWeight(let box, let value):
      return "box \(box): the weight must be positive and finite, found \(value)"
    case .unknownLabel(let label, let available):
      return "no box has label \(label); the labels are "
        + available.map(String.init).joined(separator: ", ")
    }
  }
}

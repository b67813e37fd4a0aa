// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A rectangle of the plane divided into equal cells.
public struct PlaneGrid: Sendable, Hashable, Codable {
  public let lower: [Double]
  public let upper: [Double]
  /// The number of cells along each of the two axes.
  public let cells: [Int]

  /// The number of cells.
  public var count: Int { cells[0] * cells[1] }

  /// - Parameters:
  ///   - lower: the two lower bounds.
  ///   - upper: the two upper bounds, above the lower ones.
  ///   - cells: two positive numbers.
  public init(lower: [Double], upper: [Double], cells: [Int]) {
    precondition(
      lower.count == 2 && upper.count == 2 && cells.count == 2
        && zip(lower, upper).allSatisfy { $0 < $1 && $0.isFinite && $1.isFinite }
        && cells.allSatisfy { $0 >= 1 },
      "no grid of \(cells) cells between \(lower) and \(upper)")
    self.lower = lower
    self.upper = upper
    self.cells = cells
  }

  /// 50 × 50 cells on [−1, 1]², on which samples of the checkerboard are compared (arXiv 2505.18825).
  public static let checkerboard = PlaneGrid(lower: [-1, -1], upper: [1, 1], cells: [50, 50])

  /// The cell of a point, row by row along the first axis; none for a point outside or not finite. A point
  /// on the upper border belongs to the last cell.
  public func cell(of point: some RandomAccessCollection<Double>) -> Int? {
    var cell = 0
    for (axis, value) in point.enumerated() {
      guard value >= lower[axis] && value <= upper[axis] else { return nil }
      let place = (value - lower[axis]) / (upper[axis] - lower[axis]) * Double(cells[axis])
      cell = cell * cells[axis] + min(Int(place), cells[axis] - 1)
    }
    return cell
  }

  /// The lower and the upper corner of a cell.
  public func corners(of cell: Int) -> (lower: [Double], upper: [Double]) {
    let place = [cell / cells[1], cell % cells[1]]
    func bound(_ axis: Int, _ index: Int) -> Double {
      lower[axis] + (upper[axis] - lower[axis]) * Double(index) / Double(cells[axis])
    }
    return ([0, 1].map { bound($0, place[$0]) }, [0, 1].map { bound($0, place[$0] + 1) })
  }
}

/// How many points of a sample lie in each cell of a grid.
public struct PlaneHistogram: Sendable, Hashable, Codable {
  public let grid: PlaneGrid
  /// One a cell.
  public let counts: [Int]
  /// The number of points, those outside the grid included.
  public let total: Int

  /// - Parameter points: points of the plane, at least one.
  public init(_ points: Points, grid: PlaneGrid) {
    precondition(
      points.dimension == 2 && points.count > 0,
      "\(points.count) points of dimension \(points.dimension) for a histogram of the plane")
    var counts = [Int](repeating: 0, count: grid.count)
    for index in 0..<points.count {
      if let cell = grid.cell(of: points[index]) { counts[cell] += 1 }
    }
    self.grid = grid
    self.counts = counts
    total = points.count
  }

  /// The number of points outside the grid.
  public var outside: Int { total - counts.reduce(0, +) }
}

/// Which of two laws the Kullback–Leibler divergence averages over.
public enum DivergenceDirection: String, Sendable, Hashable, Codable, CaseIterable {
  /// `Σ p log(p/q)`, `p` the target and `q` the sample's histogram: infinite where a cell of the target
  /// holds no point.
  case targetToSample
  /// `Σ q log(q/p)`: infinite where a point lies in a cell that the target leaves empty.
  case sampleToTarget
}

/// The Kullback–Leibler divergence between the exact probabilities of a target over the cells of a grid
/// and the histogram of a sample.
public struct HistogramDivergence: Sendable, Hashable, Codable {
  /// The divergence in nats, with its standard error to first order.
  public let value: Estimate
  /// What a sample of the target itself reads: mean and standard deviation (as `standardError`) of the
  /// chi-squared limit, `(K − 1)/2N` and `sqrt((K − 1)/2)/N` for `K` cells of the target and `N` points. Holds
  /// where cells expect several points.
  public let floor: Estimate
  /// How many cells of the target hold no point.
  public let emptyCells: Int
  /// The share of points outside the cells of the target.
  public let shareOutside: Double
  public let direction: DivergenceDirection

  /// - Parameters:
  ///   - probabilities: the target's probability of each cell.
  ///   - pseudocount: added to the count of every cell before frequencies are taken; one half keeps the
  ///     divergence finite where cells are empty, at the price of a bias.
  public init(
    _ histogram: PlaneHistogram, probabilities: [Double],
    direction: DivergenceDirection = .targetToSample, pseudocount: Double = 0
  ) {
    precondition(
      probabilities.count == histogram.counts.count,
      "\(probabilities.count) probabilities for \(histogram.counts.count) cells")
    precondition(
      probabilities.allSatisfy { $0 >= 0 && $0.isFinite } && pseudocount >= 0,
      "probabilities and pseudocounts are not negative")
    let n = Double(histogram.total)
    let size = n + pseudocount * Double(histogram.counts.count)
    let frequencies = histogram.counts.map { (Double($0) + pseudocount) / size }
    let cells = Array(zip(probabilities, frequencies))
    var (divergence, first, second) = (0.0, 0.0, 0.0)
    // First and second moment of the derivative by each point's cell.
    for (p, q) in cells {
      switch direction {
      case .targetToSample where p > 0:
        divergence += p * log(p / q)
        first += p
        second += p * p / q
      case .sampleToTarget where q > 0:
        let slope = log(q / p)
        divergence += q * slope
        first += q * (slope + 1)
        second += q * (slope + 1) * (slope + 1)
      default: break
      }
    }
    if direction == .sampleToTarget && histogram.outside > 0 { divergence = .infinity }
    let variance = max(0, second - first * first) / n
    value = Estimate(
      value: divergence, standardError: divergence.isFinite ? variance.squareRoot() : .nan,
      count: histogram.total)
    let occupied = Double(probabilities.count { $0 > 0 })
    floor = Estimate(
      value: (occupied - 1) / (2 * n), standardError: ((occupied - 1) / 2).squareRoot() / n,
      count: histogram.total)
    emptyCells = zip(probabilities, histogram.counts).count { $0 > 0 && $1 == 0 }
    let inside = zip(probabilities, histogram.counts).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    shareOutside = 1 - Double(inside) / n
    self.direction = direction
  }
}

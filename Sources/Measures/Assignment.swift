// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A one-to-one assignment of rows to columns of least total cost.
public struct Assignment: Sendable, Equatable {
  /// The column of each row.
  public let columns: [Int]

  /// The total cost of the assigned pairs.
  public let cost: Double

  /// The value of the dual solution: no assignment costs less. That it equals ``cost`` to rounding
  /// proves the assignment optimal.
  public let lowerBound: Double

  /// The dual solution: a price for each row and each column, the sum of which is nowhere above the cost
  /// and equal to it for the assigned pairs.
  public let rowPrices: [Double]
  public let columnPrices: [Double]

  /// Solves the linear assignment problem by shortest augmenting paths (Jonker & Volgenant 1987).
  ///
  /// - Parameters:
  ///   - costs: `count * count` finite costs, row by row.
  ///   - count: The number of rows and of columns.
  /// - Complexity: O(`count`³) at worst.
  public init(minimizing costs: [Double], count: Int) {
    precondition(costs.count == count * count, "\(costs.count) costs for \(count) rows.")
    precondition(costs.allSatisfy(\.isFinite), "A cost is not finite.")
    var solver = AssignmentSolver(count: count)
    costs.withUnsafeBufferPointer { costs in
      solver.reduceColumns(costs)
      for row in 0..<count where solver.columnOfRow[row] < 0 {
        solver.augment(from: row, costs)
      }
    }
    self.columns = solver.columnOfRow
    self.cost = (0..<count).reduce(0) { $0 + costs[$1 * count + solver.columnOfRow[$1]] }
    self.lowerBound = solver.rowPrices.reduce(0, +) + solver.columnPrices.reduce(0, +)
    self.rowPrices = solver.rowPrices
    self.columnPrices = solver.columnPrices
  }
}

/// The exact Wasserstein-2 distance between two samples of equal size, by optimal assignment.
///
/// - Returns: The distance; NaN if a squared distance between the samples is not finite.
/// - Complexity: O(*n*³) at worst and *n*² numbers of memory; meant for up to 2,000 points.
public func wassersteinDistance(_ left: Points, _ right: Points) -> Double {
  optimalAssignment(left, right).map { ($0.cost / Double(left.count)).squareRoot() } ?? .nan
}

/// The exact Wasserstein-2 distance between two samples of equal size, with the standard error of it as an
/// estimate of the distance between their laws.
///
/// The variance of the squared distance is that of the optimal prices over both samples (del Barrio &
/// Loubes 2019): the randomness about its mean. Its mean lies above the squared distance of the laws,
/// which no standard error shows and a ``NoiseFloor`` does; for equal laws the error vanishes faster than
/// the prices tell.
///
/// - Returns: The distance; NaN if a squared distance between the samples is not finite.
/// - Complexity: O(*n*³) at worst and *n*² numbers of memory; meant for up to 2,000 points.
public func wassersteinEstimate(_ left: Points, _ right: Points) -> Estimate {
  let count = left.count + right.count
  guard let assignment = optimalAssignment(left, right) else {
    return Estimate(value: .nan, standardError: .nan, count: count)
  }
  let n = Double(left.count)
  let variance =
    (RunningMoments(assignment.rowPrices).variance
      + RunningMoments(assignment.columnPrices).variance) / n
  return Estimate(value: assignment.cost / n, standardError: variance.squareRoot(), count: count)
    .squareRoot()
}

private func optimalAssignment(_ left: Points, _ right: Points) -> Assignment? {
  precondition(
    left.dimension == right.dimension && left.count == right.count && left.count > 0,
    "\(left.count) points of dimension \(left.dimension) against \(right.count) of dimension "
      + "\(right.dimension); equal and positive numbers are needed.")
  let costs = squaredDistances(left, right)
  guard costs.allSatisfy(\.isFinite) else { return nil }
  return Assignment(minimizing: costs, count: left.count)
}

/// The squared distances between all points of two samples, row by row.
func squaredDistances(_ left: Points, _ right: Points) -> [Double] {
  let count = right.count
  let columns = right.columns()
  var costs = [Double](repeating: 0, count: left.count * count)
  costs.withUnsafeMutableBufferPointer { costs in
    columns.withUnsafeBufferPointer { columns in
      for row in 0..<left.count {
        for axis in 0..<left.dimension {
          let place = left.values[row * left.dimension + axis]
          for column in 0..<count {
            let difference = place - columns[axis * count + column]
            costs[row * count + column] += difference * difference
          }
        }
      }
    }
  }
  return costs
}

/// A partial assignment with prices such that `cost - rowPrice - columnPrice` is never below zero
/// and is zero for assigned pairs, and the memory of the path search.
private struct AssignmentSolver {
  let count: Int
  var columnOfRow: [Int]
  var rowOfColumn: [Int]
  var rowPrices: [Double]
  var columnPrices: [Double]

  /// The columns that the path search has not reached; its first `openCount` entries count.
  private var open: [Int]
  private var reached: [Int] = []
  private var distances: [Double]
  private var predecessors: [Int]

  init(count: Int) {
    self.count = count
    columnOfRow = Array(repeating: -1, count: count)
    rowOfColumn = Array(repeating: -1, count: count)
    rowPrices = Array(repeating: 0, count: count)
    columnPrices = Array(repeating: 0, count: count)
    open = Array(0..<count)
    distances = Array(repeating: .infinity, count: count)
    predecessors = Array(repeating: -1, count: count)
    reached.reserveCapacity(count)
  }

  /// Sets each column's price to its lowest cost, then each row's to its lowest reduced cost, and
  /// assigns a row to the column of that cost while both are free: most of the work, done cheaply.
  mutating func reduceColumns(_ costs: UnsafeBufferPointer<Double>) {
    guard count > 0 else { return }
    for column in 0..<count { columnPrices[column] = costs[column] }
    for row in 1..<count {
      for column in 0..<count {
        columnPrices[column] = min(columnPrices[column], costs[row * count + column])
      }
    }
    for row in 0..<count {
      var lowest = Double.infinity
      var best = -1
      for column in 0..<count {
        let reduced = costs[row * count + column] - columnPrices[column]
        if reduced < lowest || (reduced == lowest && rowOfColumn[column] < 0) {
          lowest = reduced
          best = column
        }
      }
      rowPrices[row] = lowest
      if rowOfColumn[best] < 0 {
        rowOfColumn[best] = row
        columnOfRow[row] = best
      }
    }
  }

  /// Assigns one more row along the path of least reduced cost from it to a free column.
  mutating func augment(from start: Int, _ costs: UnsafeBufferPointer<Double>) {
    reached.removeAll(keepingCapacity: true)
    for column in 0..<count { distances[column] = .infinity }
    var openCount = count
    var row = start
    var length = 0.0
    var end = -1
    while end < 0 {
      let place = scan(row, costs, length: length, openCount: openCount)
      let column = open[place]
      length = distances[column]
      openCount -= 1
      open.swapAt(place, openCount)
      if rowOfColumn[column] < 0 {
        end = column
      } else {
        reached.append(column)
        row = rowOfColumn[column]
      }
    }
    raisePrices(start: start, length: length)
    flip(start: start, end: end)
  }

  /// Relaxes the open columns from `row` at distance `length`.
  ///
  /// - Returns: The place in `open` of the nearest column, a free one among equals.
  private mutating func scan(
    _ row: Int, _ costs: UnsafeBufferPointer<Double>, length: Double, openCount: Int
  ) -> Int {
    let offset = length - rowPrices[row]
    let base = row * count
    var lowest = Double.infinity
    var nearest = 0
    for place in 0..<openCount {
      let column = open[place]
      let distance = offset + costs[base + column] - columnPrices[column]
      if distance < distances[column] {
        distances[column] = distance
        predecessors[column] = row
      }
      let known = distances[column]
      if known < lowest || (known == lowest && rowOfColumn[column] < 0) {
        lowest = known
        nearest = place
      }
    }
    return nearest
  }

  private mutating func raisePrices(start: Int, length: Double) {
    rowPrices[start] += length
    for column in reached {
      let slack = length - distances[column]
      rowPrices[rowOfColumn[column]] += slack
      columnPrices[column] -= slack
    }
  }

  private mutating func flip(start: Int, end: Int) {
    var column = end
    while true {
      let row = predecessors[column]
      rowOfColumn[column] = row
      (columnOfRow[row], column) = (column, columnOfRow[row])
      if row == start { return }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A way to carry masses from rows to columns at least total cost (the problem of Hitchcock and Kantorovich).
public struct TransportPlan: Sendable, Equatable {
  /// A mass that is carried.
  public struct Flow: Sendable, Hashable {
    public let row: Int
    public let column: Int
    /// A share of the whole, above zero.
    public let mass: Double
  }

  /// The flows, fewer than there are rows and columns together; their masses add up to 1.
  public let flows: [Flow]

  /// The total cost, `Σ mass × cost`.
  public let cost: Double

  /// The value of the dual solution: no plan costs less. That it equals ``cost`` to rounding proves the plan
  /// optimal.
  public let lowerBound: Double

  /// The dual solution: a price for each row and each column, the sum of which is nowhere above the cost and, to rounding,
  /// equal to it where mass flows.
  public let rowPrices: [Double]
  public let columnPrices: [Double]

  /// Solves the problem by the network simplex method (Dantzig 1951; Bonneel et al. 2011) on whole units of mass, so
  /// that no rounding gathers in the flows.
  ///
  /// Without masses every row, and every column, carries the same; these shares are represented exactly. Given masses
  /// are divided by their sum and rounded to multiples of 2⁻⁴⁶.
  ///
  /// - Parameters:
  ///   - costs: `rows × columns` finite costs, row by row.
  ///   - rowMasses: the mass of each row, finite, not below zero and not all zero; nil if all are equal.
  ///   - columnMasses: the mass of each column.
  public init(
    minimizing costs: [Double], rows: Int, columns: Int, rowMasses: [Double]? = nil,
    columnMasses: [Double]? = nil
  ) {
    precondition(
      rows > 0 && columns > 0 && rows < 1 << 16 && costs.count == rows * columns,
      "\(costs.count) costs for \(rows) rows and \(columns) columns")
    precondition(costs.allSatisfy(\.isFinite), "a cost is not finite")
    // Units that divide evenly among rows and among columns, or fine ones.
    let isEven = rowMasses == nil && columnMasses == nil
    let total = isEven ? rows * columns : 1 << 46
    let supplies = wholeUnits(rowMasses, count: rows, total: total)
    let demands = wholeUnits(columnMasses, count: columns, total: total)
    let solution = costs.withUnsafeBufferPointer {
      TransportSolution($0, supplies: supplies, demands: demands)
    }
    let unit = 1 / Double(total)
    flows = solution.flows.map {
      Flow(row: $0.row, column: $0.column, mass: Double($0.units) * unit)
    }
    cost = flows.reduce(0) { $0 + $1.mass * costs[$1.row * columns + $1.column] }
    rowPrices = solution.rowPrices
    columnPrices = solution.columnPrices
    lowerBound =
      zip(supplies, rowPrices).reduce(0) { $0 + Double($1.0) * unit * $1.1 }
      + zip(demands, columnPrices).reduce(0) { $0 + Double($1.0) * unit * $1.1 }
  }
}

/// Masses as whole units whose sum is `total`: rounded down, and the units left over given to the largest remainders.
private func wholeUnits(_ masses: [Double]?, count: Int, total: Int) -> [Int] {
  if masses == nil && total % count == 0 { return Array(repeating: total / count, count: count) }
  let masses = masses ?? Array(repeating: 1, count: count)
  let sum = masses.reduce(0, +)
  precondition(
    masses.count == count && masses.allSatisfy { $0 >= 0 } && sum > 0 && sum.isFinite,
    "\(masses.count) masses of sum \(sum) for \(count) places")
  let exact = masses.map { $0 / sum * Double(total) }
  var units = exact.map { Int($0.rounded(.down)) }
  let order = exact.indices.filter { exact[$0] > 0 }.sorted {
    let (left, right) = (exact[$0] - Double(units[$0]), exact[$1] - Double(units[$1]))
    return left == right ? $0 < $1 : left > right
  }
  var missing = total - units.reduce(0, +)
  // The largest mass takes what rounding errors of the quotients leave beyond one unit each.
  for index in order.prefix(max(0, missing)) {
    units[index] += 1
    missing -= 1
  }
  if missing != 0, let largest = units.indices.max(by: { units[$0] < units[$1] }) {
    units[largest] += missing
  }
  return units
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The optimal basis of a transport problem, found by pivots of a ``TransportTree``.
struct TransportSolution {
  /// What flows, in whole units above zero.
  let flows: [(row: Int, column: Int, units: Int)]
  let rowPrices: [Double]
  let columnPrices: [Double]

  /// - Parameters:
  ///   - costs: `supplies × demands`, row by row.
  ///   - supplies: whole units a row; their sum is that of the demands.
  init(_ costs: UnsafeBufferPointer<Double>, supplies: [Int], demands: [Int]) {
    let rows = supplies.indices.filter { supplies[$0] > 0 }
    let columns = demands.indices.filter { demands[$0] > 0 }
    let width = demands.count
    // Places without mass take no part; they get their prices at the end.
    let isWhole = rows.count == supplies.count && columns.count == width
    let part = isWhole ? [] : rows.flatMap { row in columns.map { costs[row * width + $0] } }
    let tree = part.withUnsafeBufferPointer {
      Self.optimalTree(
        isWhole ? costs : $0, supplies: rows.map { supplies[$0] },
        demands: columns.map { demands[$0] })
    }
    flows = tree.flows(
      supplies: rows.map { supplies[$0] }, demands: columns.map { demands[$0] }
    ).map { (rows[$0.row], columns[$0.column], $0.units) }
    (rowPrices, columnPrices) = Self.feasiblePrices(
      tree.prices[..<rows.count], rows, costs, rowCount: supplies.count, columnCount: width)
  }

  private static func optimalTree(
    _ costs: UnsafeBufferPointer<Double>, supplies: [Int], demands: [Int]
  ) -> TransportTree {
    // A little more in every row makes all edges of all trees carry something, so that every pivot lowers the cost and
    // none is repeated (Orden 1956). The scale keeps the additions below one unit.
    let scale = supplies.count + 1
    var demands = demands.map { $0 * scale }
    demands[demands.count - 1] += supplies.count
    var tree = TransportTree(supplies: supplies.map { $0 * scale + 1 }, demands: demands, costs)
    let largest = costs.reduce(0) { max($0, abs($1)) }
    // Prices are sums and differences of a few costs; what their rounding may be is no gain.
    let tolerance = 1e-12 * largest
    while pivotUntilOptimal(&tree, costs, supplies.count, demands.count, tolerance) {
      tree.refreshPrices(costs)
    }
    return tree
  }

  /// Pivots until no edge lies below its prices; returns whether there was a pivot.
  private static func pivotUntilOptimal(
    _ tree: inout TransportTree, _ costs: UnsafeBufferPointer<Double>, _ rowCount: Int,
    _ columnCount: Int, _ tolerance: Double
  ) -> Bool {
    // Of some rows together the best edge enters, as many as make a block of about the root of all edges.
    let block = max(1, Int(Double(rowCount).squareRoot() / Double(columnCount).squareRoot()))
    var hasPivoted = false
    var (row, idleRows) = (0, 0)
    while idleRows < rowCount {
      var best = (row: -1, column: -1, reducedCost: -tolerance)
      for _ in 0..<min(block, rowCount - idleRows) {
        let found = tree.lowestReducedCost(ofRow: row, costs)
        if found.reducedCost < best.reducedCost { best = (row, found.column, found.reducedCost) }
        row = row + 1 == rowCount ? 0 : row + 1
        idleRows += 1
      }
      if best.row >= 0 {
        tree.pivot(row: best.row, column: best.column, reducedCost: best.reducedCost)
        (hasPivoted, idleRows) = (true, 0)
      }
    }
    return hasPivoted
  }

  /// Prices of all places whose sums are nowhere above a cost, from those of the rows that carry mass.
  private static func feasiblePrices(
    _ known: ArraySlice<Double>, _ rows: [Int], _ costs: UnsafeBufferPointer<Double>, rowCount: Int,
    columnCount: Int
  ) -> (rows: [Double], columns: [Double]) {
    var columnPrices = [Double](repeating: .infinity, count: columnCount)
    for (row, price) in zip(rows, known) {
      for column in 0..<columnCount {
        columnPrices[column] = min(columnPrices[column], costs[row * columnCount + column] - price)
      }
    }
    let rowPrices = (0..<rowCount).map { row in
      (0..<columnCount).reduce(Double.infinity) {
        min($0, costs[row * columnCount + $1] - columnPrices[$1])
      }
    }
    return (rowPrices, columnPrices)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct TransportPlanTests {
  /// Whether flows add up to the masses of rows and columns, and the prices prove the cost.
  private func expectOptimal(
    _ plan: TransportPlan, _ costs: [Double], rowMasses: [Double], columnMasses: [Double],
    _ tolerance: Double
  ) {
    var (rows, columns) = (rowMasses.map { _ in 0.0 }, columnMasses.map { _ in 0.0 })
    for flow in plan.flows {
      rows[flow.row] += flow.mass
      columns[flow.column] += flow.mass
      #expect(flow.mass > 0)
    }
    let sums = (rowMasses.reduce(0, +), columnMasses.reduce(0, +))
    for (found, mass) in zip(rows, rowMasses) { #expect(abs(found - mass / sums.0) < 1e-13) }
    for (found, mass) in zip(columns, columnMasses) { #expect(abs(found - mass / sums.1) < 1e-13) }
    #expect(abs(plan.cost - plan.lowerBound) < tolerance)
    #expect(plan.flows.count < rows.count + columns.count)
    for row in rows.indices {
      for column in columns.indices {
        let price = plan.rowPrices[row] + plan.columnPrices[column]
        #expect(price <= costs[row * columns.count + column] + tolerance)
      }
    }
  }

  @Test("The cost is that of the assignment of single units, also where costs and masses tie")
  func equalsAssignment() {
    for seed in 0..<60 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let rows = Int.random(in: 1...5, using: &generator)
      let columns = Int.random(in: 1...5, using: &generator)
      // As many units on both sides, some places without any.
      var (supplies, demands) = (
        [Int](repeating: 0, count: rows), [Int](repeating: 0, count: columns)
      )
      for _ in 0..<8 {
        supplies[Int.random(in: 0..<rows, using: &generator)] += 1
        demands[Int.random(in: 0..<columns, using: &generator)] += 1
      }
      let costs = (0..<rows * columns).map { _ -> Double in
        seed.isMultiple(of: 2)
          ? Double.random(in: -1...1, using: &generator)
          : Double(Int.random(in: -2...2, using: &generator))
      }
      let plan = TransportPlan(
        minimizing: costs, rows: rows, columns: columns, rowMasses: supplies.map(Double.init),
        columnMasses: demands.map(Double.init))
      let unitRows = supplies.indices.flatMap { Array(repeating: $0, count: supplies[$0]) }
      let unitColumns = demands.indices.flatMap { Array(repeating: $0, count: demands[$0]) }
      let unitCosts = unitRows.flatMap { row in unitColumns.map { costs[row * columns + $0] } }
      let assignment = Assignment(minimizing: unitCosts, count: 8)
      #expect(abs(plan.cost - assignment.cost / 8) < 1e-13)
      expectOptimal(
        plan, costs, rowMasses: supplies.map(Double.init), columnMasses: demands.map(Double.init),
        1e-12)
    }
  }

  @Test(
    "Larger problems carry the proof of their optimality",
    arguments: [
      (90, 90, false), (60, 91, false), (120, 40, false), (80, 80, true), (30, 150, true),
    ])
  func dualityGapIsClosed(rows: Int, columns: Int, isWeighted: Bool) {
    var generator = SeededGenerator(seed: 3)
    let costs = (0..<rows * columns).map { _ in Double.random(in: 0...1, using: &generator) }
    func masses(_ count: Int) -> [Double] {
      (0..<count).map { _ in Double.random(in: 0...1, using: &generator) }
    }
    let (left, right) = (masses(rows), masses(columns))
    let plan = TransportPlan(
      minimizing: costs, rows: rows, columns: columns, rowMasses: isWeighted ? left : nil,
      columnMasses: isWeighted ? right : nil)
    expectOptimal(
      plan, costs, rowMasses: isWeighted ? left : left.map { _ in 1 },
      columnMasses: isWeighted ? right : right.map { _ in 1 }, 1e-12)
  }

  @Test("Equal masses give the cost of the assignment, also where most costs tie")
  func equalMasses() {
    var generator = SeededGenerator(seed: 9)
    for largest in [1, 3, 1000] {
      let costs = (0..<70 * 70).map { _ in Double(Int.random(in: 0...largest, using: &generator)) }
      let plan = TransportPlan(minimizing: costs, rows: 70, columns: 70)
      #expect(abs(plan.cost - Assignment(minimizing: costs, count: 70).cost / 70) < 1e-12)
    }
  }

  @Test("Masses far apart are carried")
  func extremeMasses() {
    let plan = TransportPlan(
      minimizing: [0, 1, 1, 0], rows: 2, columns: 2, rowMasses: [1e-300, 1e300],
      columnMasses: [0.25, 0.75])
    #expect(abs(plan.cost - 0.25) < 1e-13)
  }
}

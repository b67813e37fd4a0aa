// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Deformed grid layer")
struct DeformedGridTests {
  private let nodes = (0..<5).flatMap { row in
    (0..<3).map { PlotPoint(x: Double($0) / 2, y: Double(row) / 4) }
  }

  @Test("Rows and columns are drawn through the images of their nodes")
  func families() throws {
    let drawn = commands(of: .deformedGrid(DeformedGrid(columns: 3, rows: 5, nodes: nodes)))
    let rows = try #require(drawn.first?.strokedLines)
    let columns = try #require(drawn.last?.strokedLines)
    #expect(rows.count == 5 && columns.count == 3)
    #expect(rows[1] == [0, 50, 100].map { PlotPoint(x: $0, y: 75) })
    #expect(columns[2] == [100, 75, 50, 25, 0].map { PlotPoint(x: 100, y: $0) })
  }

  @Test("A stride thins the lines, not their nodes")
  func strided() throws {
    let drawn = commands(
      of: .deformedGrid(DeformedGrid(columns: 3, rows: 5, nodes: nodes, stride: 2)))
    let rows = try #require(drawn.first?.strokedLines)
    let columns = try #require(drawn.last?.strokedLines)
    #expect(rows.count == 3 && rows.allSatisfy { $0.count == 3 })
    #expect(columns.count == 2 && columns.allSatisfy { $0.count == 5 })
  }
}

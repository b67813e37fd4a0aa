// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Grids")
struct GridsTests {
  @Test("Nodes lie on the ends of the ranges, rows from the lowest y")
  func nodes() {
    let grid = ScalarGrid(x: 0...2, y: 10...14, columns: 3, rows: 5) { $0 + 100 * $1 }
    #expect(grid[0, 0] == 1000)
    #expect(grid[2, 4] == 1402)
    #expect(grid.x(ofColumn: 1) == 1 && grid.y(ofRow: 3) == 13)
  }

  @Test("Interpolation is exact for a bilinear function and limited to the grid")
  func bilinear() {
    let grid = ScalarGrid(x: 0...3, y: 0...2, columns: 4, rows: 3) { 2 * $0 - $1 + $0 * $1 }
    #expect(abs(grid.interpolated(column: 1.25, row: 0.5) - (2.5 - 0.5 + 0.625)) < 1e-12)
    #expect(grid.interpolated(column: -5, row: 0) == grid[0, 0])
    #expect(grid.interpolated(column: 9, row: 9) == grid[3, 2])
  }

  @Test("A blank node spoils only the cells it belongs to")
  func blank() {
    var values = [Double](repeating: 1, count: 9)
    values[0] = .nan
    let grid = ScalarGrid(x: 0...2, y: 0...2, columns: 3, rows: 3, values: values)
    #expect(grid.interpolated(column: 0.5, row: 0.5).isNaN)
    #expect(grid.interpolated(column: 1, row: 1) == 1)
    #expect(grid.interpolated(column: 1.5, row: 0.5) == 1)
  }

  @Test("A vector field has no value outside its grid")
  func outside() {
    let grid = VectorGrid(x: 0...1, y: 0...1, columns: 2, rows: 2) { ($0, $1) }
    #expect(grid.interpolated(at: PlotPoint(x: 1.01, y: 0)) == nil)
    let inside = grid.interpolated(at: PlotPoint(x: 0.25, y: 0.75))
    #expect(inside?.u == 0.25 && inside?.v == 0.75)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Level lines")
struct ContourTracingTests {
  private func circle(_ count: Int) -> ScalarGrid {
    ScalarGrid(x: -1.5...1.5, y: -1.5...1.5, columns: count, rows: count) {
      ($0 * $0 + $1 * $1).squareRoot()
    }
  }

  private func largestError(_ count: Int) throws -> Double {
    let paths = ContourTracing.paths(of: circle(count), level: 1)
    let path = try #require(paths.first)
    #expect(paths.count == 1 && path.isClosed)
    return path.points.map { abs($0.distance(to: PlotPoint(x: 0, y: 0)) - 1) }.max() ?? .infinity
  }

  @Test("A circle is one closed path whose error falls as the square of the spacing")
  func circleConverges() throws {
    let coarse = try largestError(31)
    let fine = try largestError(121)
    let spacing = 3.0 / 30
    // Interpolation along an edge errs by h^2/8 times the second derivative, at most 1/r = 1 here.
    #expect(coarse <= spacing * spacing / 8 * 1.1)
    #expect(coarse / fine > 10 && coarse / fine < 26)
  }

  @Test("Neighbours on a path lie within one cell of each other")
  func connected() throws {
    let path = try #require(ContourTracing.paths(of: circle(31), level: 1).first)
    let closed = path.points + path.points.prefix(1)
    let cellDiagonal = 0.1 * 2.0.squareRoot()
    #expect(
      zip(closed, closed.dropFirst()).allSatisfy { $0.distance(to: $1) <= cellDiagonal + 1e-12 })
  }

  @Test("A plane has one open straight level line from border to border")
  func plane() throws {
    let grid = ScalarGrid(x: 0...1, y: 0...1, columns: 8, rows: 5) { x, _ in x }
    let paths = ContourTracing.paths(of: grid, level: 0.4)
    let path = try #require(paths.first)
    #expect(paths.count == 1 && !path.isClosed)
    #expect(path.points.count == 5)
    #expect(path.points.allSatisfy { abs($0.x - 0.4) < 1e-12 })
    let ends = [path.points.first, path.points.last].compactMap { $0?.y }.sorted()
    #expect(ends == [0, 1])
  }

  @Test("Two peaks have two closed lines above the saddle and one below")
  func saddle() {
    let grid = ScalarGrid(x: -3...3, y: -2...2, columns: 91, rows: 61) { x, y in
      let left = (x + 1.2) * (x + 1.2) + y * y
      let right = (x - 1.2) * (x - 1.2) + y * y
      return 1 / (1 + left) + 1 / (1 + right)
    }
    // At the saddle, the origin, the value is 2 / 2.44 = 0.82.
    #expect(ContourTracing.paths(of: grid, level: 0.86).count == 2)
    #expect(ContourTracing.paths(of: grid, level: 0.78).count == 1)
    #expect(ContourTracing.paths(of: grid, level: 0.86).allSatisfy { $0.isClosed })
  }

  @Test("The saddle of one cell is cut by the mean of its corners")
  func cellSaddle() {
    func separated(_ high: Double) -> [Double] {
      let grid = ScalarGrid(x: 0...1, y: 0...1, columns: 2, rows: 2, values: [high, 0, 0, high])
      return ContourTracing.paths(of: grid, level: 1).map { path in
        path.points.map { $0.x + $0.y }.reduce(0, +) / 2
      }.sorted()
    }
    // Peaks at (0, 0) and (1, 1). A mean below the level cuts the peaks off: both lines lie along
    // the other diagonal, near them. A mean above cuts off the two other corners.
    let below = separated(1.5)
    #expect(below.count == 2 && below[0] < 0.9 && below[1] > 1.1)
    let above = separated(4)
    #expect(above.count == 2 && above.allSatisfy { abs($0 - 1) < 1e-12 })
  }

  @Test("Blank nodes open a line instead of bending it")
  func blank() {
    var values = circle(31).values
    values[15 * 31 + 25] = .nan
    let grid = ScalarGrid(x: -1.5...1.5, y: -1.5...1.5, columns: 31, rows: 31, values: values)
    let paths = ContourTracing.paths(of: grid, level: 1)
    #expect(paths.count == 1 && paths.allSatisfy { !$0.isClosed })
    #expect(paths.flatMap(\.points).allSatisfy { $0.isFinite })
  }

  @Test("A level outside the values has no line")
  func outside() {
    #expect(ContourTracing.paths(of: circle(11), level: 9).isEmpty)
  }
}

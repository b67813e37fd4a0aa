// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Measures

@Suite struct PointsTests {
  @Test("Rows and columns are two views of the same coordinates")
  func rowsAndColumns() {
    let points = Points([1, 2, 3, 4, 5, 6], dimension: 2)
    #expect(points.count == 3)
    #expect(Array(points[1]) == [3, 4])
    #expect(points.columns() == [1, 3, 5, 2, 4, 6])
  }

  @Test("One coordinate that is not finite is noticed")
  func finiteness() {
    #expect(Points([1, 2, 3], dimension: 1).isFinite)
    #expect(!Points([1, .nan, 3], dimension: 1).isFinite)
    #expect(!Points([1, 2, -.infinity, 3], dimension: 2).isFinite)
  }
}

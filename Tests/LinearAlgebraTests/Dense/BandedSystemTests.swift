// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import LinearAlgebra
import Testing

@Suite struct BandedSystemTests {
  /// `2` on the diagonal and a number beside it.
  private func system(_ beside: Double) -> BandedSystem {
    var system = BandedSystem(count: 4, bandwidth: 1)
    for row in 0..<4 {
      system.add(2, row: row, column: row)
      if row > 0 { system.add(beside, row: row, column: row - 1) }
    }
    // The right-hand side of x = (1, 2, 3, 4) with −1 beside the diagonal.
    for (row, value) in [0.0, 0, 0, 5].enumerated() { system.addRight(value, row: row) }
    return system
  }

  @Test("the second difference of a straight line vanishes but at its end")
  func solved() throws {
    #expect(largestDifference(try system(-1).solved(), [1, 2, 3, 4]) < 1e-14)
  }

  @Test("an indefinite matrix is refused with the order at which it shows")
  func indefinite() {
    // The leading minor of order 2 is 4 − 9.
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) { try system(3).solved() }
  }
}

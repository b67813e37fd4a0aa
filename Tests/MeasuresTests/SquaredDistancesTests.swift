// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Measures

@Suite struct SquaredDistancesTests {
  @Test("The exponential is within two units in the last place, and zero far below")
  func exponentials() {
    var worst = 0.0
    for index in 0..<50_000 {
      let x = -700 + 1400 * (Double(index) + 0.3) / 50_000
      let small = 1e-3 * x
      let found = exponential(SIMD4(x, small, -x, 0))
      for (value, argument) in [(found[0], x), (found[1], small), (found[2], -x)] {
        let want = exp(argument)
        worst = max(worst, (value - want).magnitude / want.ulp)
      }
      if found[3] != 1 { worst = .infinity }
    }
    #expect(worst <= 2)
    #expect(exponential(SIMD4(-701, -1e300, -.infinity, -700.5)) == .zero)
  }

  @Test("Sums over distances leave out the lanes that hold no point", arguments: 1...9)
  func sums(count: Int) {
    let points = normalPoints(count: count, dimension: 3, seed: 1)
    let origin = [0.5, -1, 2]
    let found = CoordinateColumns(points).sum(from: origin[...]) { $0 + 1 }
    let want = (0..<count).reduce(0.0) { sum, row in
      zip(points[row], origin).reduce(sum + 1) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(abs(found - want) < 1e-12 * want)
  }
}

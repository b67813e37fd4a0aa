// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@Suite struct NormalizationTests {
  @Test("group norm leaves every group of a row with mean 0 and mean square 1, whatever its units")
  func groups() throws {
    var numbers = TestNumbers(seed: 5)
    let image = Argument("image", [2, 3, 4, 6], numbers.array(144, in: 3...9))
    for (units, groups) in [(1.0, 3), (100.0, 3), (1.0, 1), (1.0, 6)] {
      let values = try evaluate([groupNorm(image.tensor * units, groups: groups)], [image])[0]
      for row in 0..<2 {
        for group in 0..<groups {
          let part = (0..<12).flatMap { pixel in
            let start = row * 72 + pixel * 6 + group * (6 / groups)
            return values[start..<start + 6 / groups]
          }
          let mean = part.reduce(0, +) / Double(part.count)
          let meanSquare = part.reduce(0) { $0 + $1 * $1 } / Double(part.count)
          #expect(abs(mean) < 1e-13 && abs(meanSquare - 1) < 1e-5)
        }
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct EightBitsTests {
  @Test("The 256 levels stay, what lies between goes to the nearest, what lies outside to the ends")
  func levels() {
    for level in 0...255 {
      let pixel = Double(level) / 127.5 - 1
      #expect(EightBits.rounded(pixel) == pixel)
      #expect(EightBits.rounded(pixel + 0.4 / 127.5) == min(pixel, 1))
    }
    #expect(EightBits.rounded(-3) == -1)
    #expect(EightBits.rounded(.infinity) == 1)
    #expect(EightBits.rounded(Double.nan).isNaN)
  }
}

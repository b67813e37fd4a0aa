// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Testing

@Suite struct SparklineTests {
  @Test("the lowest number stands at the bottom and the highest at the top")
  func course() {
    #expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(sparkline([5, 5]) == "▁▁")
    #expect(sparkline([]) == "")
  }

  @Test("many numbers are shown by means, and what is not finite is left open")
  func extremes() {
    #expect(sparkline((0..<80).map(Double.init), width: 8) == "▁▂▃▄▅▆▇█")
    #expect(sparkline([1, .nan, 3]) == "▁ █")
    #expect(sparkline([.infinity]) == " ")
    #expect(sparkline([-1e308, 1e308]) == "▁█")
  }
}

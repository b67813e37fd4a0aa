// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@testable import Walkthroughs

@Suite struct ShownTests {
  private func estimate(_ value: Double, _ error: Double) -> Estimate {
    Estimate(value: value, standardError: error, count: 5)
  }

  @Test("a number is shown beyond a bound from three standard errors on")
  func bounds() {
    let number = estimate(1, 0.1)
    #expect(number.isShown(above: 0.69) && !number.isShown(above: 0.71))
    #expect(number.isShown(below: 1.31) && !number.isShown(below: 1.29))
    #expect(number.isShown(within: 0.4, of: 1.05) && !number.isShown(within: 0.4, of: 1.15))
  }

  @Test("a difference is held by the errors of both numbers")
  func differences() {
    let low = estimate(0, 0.4)
    #expect(estimate(1.51, 0.3).isShown(above: low) && !estimate(1.49, 0.3).isShown(above: low))
  }

  @Test("a number whose error is unknown, or that is none, shows nothing")
  func unknown() {
    #expect(!estimate(9, .nan).isShown(above: 0) && !estimate(.nan, 1).isShown(below: 9))
    #expect(!estimate(9, 0.1).isShown(above: estimate(.nan, .nan)))
    #expect(!estimate(1, .nan).isShown(within: 1, of: 1))
  }
}

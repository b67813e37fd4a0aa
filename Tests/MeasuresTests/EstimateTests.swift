// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct EstimateTests {
  @Test(
    "The error is printed with two digits and the value to the same place",
    arguments: [
      (0.98349, 0.01234, "0.983 ± 0.012"), (12.3456, 1.26, "12.3 ± 1.3"),
      (-0.5, 0.0999, "-0.50 ± 0.10"), (1234.5, 456, "1234 ± 456"), (0, 0.0021, "0.0000 ± 0.0021"),
      (1.2344e-5, 1.2e-7, "(1.234 ± 0.012)e-05"), (3.21e8, 4.4e6, "(3.210 ± 0.044)e+08"),
      (1e-9, 0.25, "0.00 ± 0.25"),
    ])
  func formatting(value: Double, error: Double, text: String) {
    #expect(Estimate(value: value, standardError: error, count: 10).description == text)
  }

  @Test("Without a known error the value stands alone")
  func formattingWithoutError() {
    #expect(Estimate(value: 0.25, standardError: .nan, count: 1).description == "0.25")
    #expect(Estimate(value: 0.25, standardError: 0, count: 1).description == "0.25 ± 0")
    #expect(Estimate(value: .nan, standardError: .nan, count: 0).description == "nan")
  }

  @Test("The mean of a sample has the error of the mean")
  func meanOfSamples() {
    let estimate = Estimate(meanOf: [1, 2, 3, 4])
    #expect(estimate.value == 2.5)
    #expect(abs(estimate.standardError - (5.0 / 3 / 4).squareRoot()) < 1e-15)
    #expect(estimate.count == 4)
  }

  @Test("The error of a root follows the delta method, and values below zero become zero")
  func squareRoot() {
    let root = Estimate(value: 9, standardError: 0.6, count: 5).squareRoot()
    #expect(root.value == 3)
    #expect(abs(root.standardError - 0.1) < 1e-15)
    let none = Estimate(value: -1e-3, standardError: 0.04, count: 5).squareRoot()
    #expect(none == Estimate(value: 0, standardError: 0.2, count: 5))
    #expect(Estimate(value: .nan, standardError: 1, count: 5).squareRoot().value.isNaN)
  }

  @Test("A frequency keeps an error when all trials succeed")
  func frequency() {
    let certain = Estimate(successes: 100, of: 100)
    #expect(certain.value == 1)
    #expect(certain.standardError > 0.005 && certain.standardError < 0.02)
    let even = Estimate(successes: 5000, of: 10_000)
    #expect(abs(even.standardError - 0.005) < 1e-5)
  }

  @Test(
    "numbers of any size are written",
    arguments: [.leastNonzeroMagnitude, .leastNormalMagnitude / 64, 1e-300, 1e300, 1.7e308])
  func extremes(size: Double) {
    for (value, error) in [(size, size), (0, size), (size, size / 2), (1, size), (size, 1)] {
      #expect(!Estimate(value: value, standardError: error, count: 3).description.isEmpty)
    }
  }
}

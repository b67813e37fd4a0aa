// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Theory

@Suite struct FindingTests {
  @Test("a value holds within its tolerance and not beyond")
  func tolerance() {
    #expect(Finding("y", measured: 1.05, .equals(1, tolerance: 0.1)).holds)
    #expect(!Finding("y", measured: 1.15, .equals(1, tolerance: 0.1)).holds)
    #expect(Finding("y", measured: 1, .equals(1, tolerance: 0)).holds)
    #expect(!Finding("y", measured: 1.1, .equals(1, tolerance: 0)).holds)
  }

  @Test("an agreement is judged by the measurement's own error")
  func standardErrors() {
    let expectation = Theory.Expectation.agrees(0, standardErrors: 4)
    #expect(Finding("mean", measured: 0.3, standardError: 0.1, expectation).holds)
    #expect(!Finding("mean", measured: 0.5, standardError: 0.1, expectation).holds)
    #expect(!Finding("mean", measured: 0.5, standardError: .nan, expectation).holds)
  }

  @Test("bounds hold on their side, whatever their sign")
  func bounds() {
    #expect(Finding("e", measured: 0.9, .atMost(1)).holds)
    #expect(!Finding("e", measured: 1.1, .atMost(1)).holds)
    #expect(Finding("e", measured: -2, .atMost(-1)).holds)
    #expect(!Finding("e", measured: -0.5, .atMost(-1)).holds)
    #expect(Finding("e", measured: 0, .atMost(0)).holds)
    #expect(Finding("e", measured: 3, .atLeast(2)).holds)
    #expect(!Finding("e", measured: 1, .atLeast(2)).holds)
    #expect(Finding("e", measured: -1, .atLeast(-2)).holds)
    #expect(!Finding("e", measured: -3, .atLeast(-2)).holds)
    #expect(!Finding("e", measured: 1e-30, .atMost(0)).holds)
  }

  @Test("a number that is none never holds")
  func notANumber() {
    for expectation in [Theory.Expectation.equals(0, tolerance: 1), .atMost(1), .atLeast(-1)] {
      #expect(!Finding("x", measured: .nan, expectation).holds)
    }
    #expect(!Finding("x", measured: -.infinity, .atMost(1)).holds)
  }
}

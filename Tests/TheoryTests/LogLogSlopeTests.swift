// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Theory

@Suite struct LogLogSlopeTests {
  @Test("a power law gives its exponent, scatter about it an error")
  func powerLaw() {
    let exact = LogLogSlope([0.1, 0.2, 0.7, 3].map { ($0, 5 * pow($0, -1.5)) })
    #expect(abs(exact.value + 1.5) < 1e-12 && exact.standardError < 1e-12)
    let bent = LogLogSlope([1, 10, 100].map { ($0, $0 + 0.1 * $0 * $0) })
    #expect(bent.value > 1 && bent.value < 2 && bent.standardError > 0.01)
  }
}

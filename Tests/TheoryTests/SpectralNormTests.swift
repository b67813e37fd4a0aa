// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Theory

@Suite struct SpectralNormTests {
  @Test("the norm of a 2 × 2 matrix is its larger singular value")
  func values() {
    #expect(abs(spectralNorm([3, 0, 0, -2]) - 3) < 1e-14)
    #expect(abs(spectralNorm([0, 1, 0, 0]) - 1) < 1e-14)
    // A rotation times 2.
    #expect(abs(spectralNorm([1.2, -1.6, 1.6, 1.2]) - 2) < 1e-14)
    #expect(spectralNorm([0, 0, 0, 0]) == 0)
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import GroundTruth
import Testing

/// Against 80-digit values of Scripts/reference_extremes.py, which shares no step with the library: dense
/// inverses in place of eigenbases, closed forms and matched distribution functions in place of an
/// integrator.
@Suite struct ExtremesTests {
  @Test("values at the ends of the range agree with 80-digit ones")
  func extremes() throws {
    let file = try #require(
      Bundle.module.path(forResource: "extremes", ofType: "json", inDirectory: "Fixtures"))
    // Within 1e-6 of t = 0 and with variances of 1e-12 entries of ∇v* are differences of terms 10^4 times
    // larger: below that share of the largest entry they have no digits left to compare.
    let checks = try ReferenceMixtureFile(contentsOfFile: file).check(floor: 1e-4)
    #expect(checks.count == 8)
    for check in checks { #expect(check.passes, "\(check)") }
  }
}

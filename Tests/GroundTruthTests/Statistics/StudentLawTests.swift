// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import GroundTruth
import Testing

@Suite struct StudentLawTests {
  @Test(
    "tails are those of scipy.stats.t.sf",
    arguments: [
      (2.5, 3.7, 0.07182202291182678), (-0.3, 1, 0.8144528418445154),
      (40, 12.5, 1.429153296371695e-14), (0, 5, 1),
    ])
  func tails(t: Double, freedom: Double, expected: Double) {
    let tail = StudentLaw.twoSidedTail(t, degreesOfFreedom: freedom)
    #expect(abs(tail - expected) <= 1e-11 * expected)
  }

  @Test("with one degree of freedom it is Cauchy's law, and no chance is left at infinity")
  func limits() {
    #expect(abs(StudentLaw.twoSidedTail(1, degreesOfFreedom: 1) - 0.5) < 1e-14)
    #expect(StudentLaw.twoSidedTail(.infinity, degreesOfFreedom: 4) == 0)
    #expect(StudentLaw.twoSidedTail(.nan, degreesOfFreedom: 4).isNaN)
  }
}

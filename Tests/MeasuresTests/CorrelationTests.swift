// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams
import Testing

@testable import Measures

@Suite("Correlation")
struct CorrelationTests {
  @Test("is the quotient of the covariance and the deviations")
  func closedForm() {
    let pairs = zip([1.0, 2, 3, 4, 5], [2.0, 1, 4, 3, 7]).map { (x: $0, y: $1) }
    let correlation = Correlation(ofGroups: pairs.map { [$0] })
    #expect(abs(correlation.value - 12 / 212.0.squareRoot()) < 1e-15)
    #expect(correlation.groupCount == 5 && correlation.pairCount == 5)
    #expect(correlation.interval.contains(correlation.value))
  }

  @Test(
    "its interval holds the true value in about 19 of 20 samples, whether or not pairs repeat in a group"
  )
  func coverage() {
    let (truth, repetitions, groups) = (0.6, 400, 30)
    let normals = RandomStream(seed: 1, purpose: .check10)
      .normals(rows: repetitions * groups, draws: 2)
    for copies in [1, 4] {
      let held = (0..<repetitions).count { repetition in
        let sample = (0..<groups).map { group -> [(x: Double, y: Double)] in
          let row = repetition * groups + group
          let (x, other) = (normals[2 * row], normals[2 * row + 1])
          let y = truth * x + (1 - truth * truth).squareRoot() * other
          return Array(repeating: (x: x, y: y), count: copies)
        }
        return Correlation(ofGroups: sample).interval.contains(truth)
      }
      #expect((360...396).contains(held), "\(held) of \(repetitions) with \(copies) a group")
    }
  }

  @Test("of what does not vary is not a number and its interval is everything")
  func constant() {
    let correlation = Correlation(ofGroups: [[(1, 2)], [(1, 3)], [(1, 4)]])
    #expect(correlation.value.isNaN && correlation.interval == -1...1)
  }
}

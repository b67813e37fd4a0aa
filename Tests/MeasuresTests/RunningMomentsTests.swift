// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct RunningMomentsTests {
  private let values = normalPoints(count: 1000, dimension: 1, seed: 1).values

  @Test("Mean and variance equal those of two passes over the values")
  func equalsTwoPasses() {
    let mean = values.reduce(0, +) / 1000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 999
    let moments = RunningMoments(values)
    #expect(abs(moments.mean - mean) < 1e-14)
    #expect(abs(moments.variance - variance) < 1e-13)
    #expect(abs(moments.standardError - (variance / 1000).squareRoot()) < 1e-15)
  }

  @Test("Merging parts gives the moments of the whole", arguments: [0, 1, 2, 500, 999, 1000])
  func mergingEqualsTheWhole(split: Int) {
    let whole = RunningMoments(values)
    var merged = RunningMoments(values[..<split])
    merged.merge(RunningMoments(values[split...]))
    #expect(merged.count == 1000)
    #expect(abs(merged.mean - whole.mean) < 1e-14)
    #expect(abs(merged.variance - whole.variance) < 1e-13)
  }

  @Test("A large common offset does not spoil the variance")
  func offsetIsHarmless() {
    let moments = RunningMoments([4.0, 7, 13, 16].map { $0 + 1e9 })
    #expect(moments.variance == 30)
    #expect(moments.mean == 1e9 + 10)
  }

  @Test("Too few values have no mean or no variance")
  func tooFewValues() {
    var moments = RunningMoments()
    #expect(moments.mean.isNaN && moments.variance.isNaN)
    moments.add(3)
    #expect(moments.mean == 3)
    #expect(moments.variance.isNaN && moments.standardError.isNaN)
  }
}

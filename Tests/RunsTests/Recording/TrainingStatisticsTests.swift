// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Runs
@testable import Training

@Suite struct TrainingStatisticsTests {
  private func report(_ loss: Double, _ norm: Double) -> StepReport {
    StepReport(step: 1, loss: loss, lossVariance: loss / 3, gradientNorm: norm)
  }

  @Test("a row holds the means of the steps and the largest gradient norm")
  func values() {
    var statistics = TrainingStatistics()
    for (loss, norm) in [(1.0, 3.0), (2, 9), (6, 6)] { statistics.record(report(loss, norm)) }
    let values = Dictionary(uniqueKeysWithValues: statistics.values.map { ($0.name, $0.value) })
    #expect(values["loss"] == 3 && values["lossVariance"] == 1)
    #expect(values["gradientNorm"] == 6 && values["gradientNormMaximum"] == 9)
  }

  @Test("the text reads back as the same bits, also where a number is not finite")
  func text() throws {
    var statistics = TrainingStatistics()
    for index in 1...7 { statistics.record(report(1 / Double(index), 0.1 * Double(index))) }
    #expect(TrainingStatistics(text: try statistics.text) == statistics)
    statistics.record(report(.infinity, 1))
    let read = try #require(TrainingStatistics(text: try statistics.text))
    #expect(try read.text == statistics.text)
  }

  @Test("text that is none is refused", arguments: ["", "{}", "[1]"])
  func refused(text: String) {
    #expect(TrainingStatistics(text: text) == nil)
  }
}

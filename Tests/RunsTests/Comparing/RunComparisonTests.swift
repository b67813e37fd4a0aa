// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Networks
import Probing
import TestSupport
import Testing
import Training

@testable import Runs

@Suite struct RunComparisonTests {
  /// A run with a row of metrics, as a folder keeps it.
  private func summary(
    _ folder: String, _ name: String, width: Int, seed: UInt64, error: Double
  ) throws -> RunSummary {
    let run = ResolvedRun(
      configuration: TrainingConfiguration(
        network: MultilayerPerceptron(width: width, depth: 2), batch: 8, steps: 3, seed: seed,
        evaluationPoints: 16), source: try ResolvedRun.Source(named: "two"), threads: 1,
      command: "toylab train")
    let path = "\(folder)/\(name)"
    let training = try RecordedTraining(run, in: path, existing: .refuse)
    _ = try training.train { _ in
    } shouldStop: {
      false
    }
    var summary = try RunSummary(of: path)
    summary.lastRow = MetricsRow(
      step: 3, values: [("flowMapError", error), ("flowMapError.standardError", 0.1)])
    return summary
  }

  @Test("runs that differ in their seed are one group, with errors over seeds")
  func groups() throws {
    try withTemporaryFolder { folder in
      let runs = try [(4, 0, 1.2), (5, 0, 1.9), (4, 1, 1.5), (4, 2, 0.9)].enumerated().map {
        try summary(
          folder, "\($0.offset)", width: $0.element.0, seed: UInt64($0.element.1),
          error: $0.element.2)
      }
      let groups = try RunGroup.groups(of: runs)
      #expect(groups.map(\.runs.count) == [3, 1])
      #expect(groups[0].estimate("flowMapError") == Estimate(meanOf: [1.2, 1.5, 0.9]))
      let single = try #require(groups[1].estimate("flowMapError"))
      #expect(single.value == 1.9 && single.standardError == 0.1)
      #expect(groups[0].estimate("magic") == nil)
      let found = try RunSummary.folders(in: folder)
      #expect(found == (0..<4).map { "\(folder)/\($0)" })
      #expect(runs[0].state == "finished")

      let comparison = try RunComparison(groups)
      #expect(comparison.settings.map(\.key) == ["network.perceptron.width"])
      #expect(comparison.settings[0].values == ["4", "5"])
      #expect(comparison.numbers.map(\.key) == ["flowMapError"])
      #expect(comparison.numbers[0].chances == [nil])
    }
  }

  @Test("chances are those of Welch's test, and Holm's rule allows for all of them")
  func chances() throws {
    // scipy.stats.ttest_ind(…, equal_var=False)
    let chance = try #require(welchChance([1.2, 1.5, 0.9, 1.1], [1.9, 1.4, 2.6]))
    #expect(abs(chance - 0.1387128596552801) < 1e-12)
    #expect(welchChance([1], [1, 2]) == nil)
    #expect(welchChance([1, 1], [1, 1]) == 1)
    #expect(welchChance([1, 1], [2, 2]) == nil)
    try withTemporaryFolder { folder in
      func group(_ width: Int, _ errors: [Double]) throws -> RunGroup {
        RunGroup(
          try errors.enumerated().map {
            try summary(
              folder, "\(width)-\($0.offset)", width: width, seed: UInt64($0.offset),
              error: $0.element)
          })
      }
      let comparison = try RunComparison([
        group(4, [1.2, 1.5, 0.9, 1.1]), group(5, [1.9, 1.4, 2.6]), group(6, [1.1, 1.3]),
      ])
      let number = comparison.numbers[0]
      let chances = number.chances.compactMap { $0 }
      #expect(abs(chances[0] - chance) < 1e-15 && chances[1] > chances[0])
      #expect(number.adjusted == [min(1, 2 * chances[0]), max(2 * chances[0], chances[1])])
    }
  }
}

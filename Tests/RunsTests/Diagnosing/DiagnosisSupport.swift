// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Measures
import Networks
import Probing
import Training

@testable import Runs

/// A row of made-up numbers.
func row(_ step: Int, _ values: KeyValuePairs<String, Double>) -> MetricsRow {
  MetricsRow(step: step, values: values.map { ($0.key, $0.value) })
}

/// A run of made-up numbers that is in order: what is measured of iSD on four modes.
func healthySubject(
  objective: Objective = .improvedSelfDistillation, times: TimeSampler = .relaxed(),
  seed: UInt64 = 0
) -> DiagnosisSubject {
  DiagnosisSubject(
    name: "runs/\(seed)", source: "four",
    configuration: TrainingConfiguration(
      loss: TrainingLoss(objective: objective), times: times, steps: 1000, seed: seed),
    rows: (0...20).map { index in
      let rest = 1 / Double(index + 2)
      return row(
        50 * index,
        [
          "loss": 1.5 + rest, "gradientNorm": 0.6 + rest, "gradientNormMaximum": 1 + 2 * rest,
          "eulerianLossAtZero": 0.4 + rest, "varianceTermAtZero": 9 - 12 * rest,
          "flowMapError": 0.8 * rest, "slicedWasserstein": 0.14 + 0.4 * rest,
          "slicedWasserstein.standardError": 0.005,
        ])
    }, dataSize: 2.1,
    mapSizes: (1...5).map { .init(step: 200 * $0, value: 2) },
    floors: ["slicedWasserstein": Estimate(value: 0.1, standardError: 0.005, count: 0)])
}

extension DiagnosisSubject {
  /// The same with a number of its rows changed.
  func setting(_ name: String, _ value: (Int) -> Double) -> DiagnosisSubject {
    var copy = self
    copy.rows = rows.enumerated().map { index, row in
      MetricsRow(
        step: row.step,
        values: row.values.filter { $0.name != name } + [(name, value(index))])
    }
    return copy
  }
}

extension Verdict {
  var isFound: Bool {
    if case .found = self { return true }
    return false
  }

  var isUnknown: Bool {
    if case .unknown = self { return true }
    return false
  }

  var advice: String {
    if case .found(_, let advice) = self { return advice }
    return ""
  }
}

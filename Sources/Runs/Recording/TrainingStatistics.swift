// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import Measures
internal import Training

/// What the steps since the last row of metrics reported.
struct TrainingStatistics: Codable, Equatable {
  private var losses = RunningMoments()
  private var lossVariances = RunningMoments()
  private var gradientNorms = RunningMoments()
  private var largestGradientNorm = 0.0

  mutating func record(_ report: StepReport) {
    losses.add(report.loss)
    lossVariances.add(report.lossVariance)
    gradientNorms.add(report.gradientNorm)
    largestGradientNorm = max(largestGradientNorm, report.gradientNorm)
  }

  /// The names of ``values``, in their order.
  static let names = ["loss", "lossVariance", "gradientNorm", "gradientNormMaximum"]

  /// The numbers of a row of metrics.
  var values: [(name: String, value: Double)] {
    let numbers = [losses.mean, lossVariances.mean, gradientNorms.mean, largestGradientNorm]
    return zip(Self.names, numbers).map { ($0, $1) }
  }
}

// Checkpoints carry the statistics as text, so that a run resumed between two rows of metrics writes the
// same next row as one that was never interrupted. JSON numbers read back as the same bits.
extension TrainingStatistics {
  init?(text: String) {
    guard let read = try? JSON.decode(Self.self, from: Data(text.utf8)) else { return nil }
    self = read
  }

  var text: String {
    get throws { String(decoding: try JSON.line(self).dropLast(), as: UTF8.self) }
  }
}

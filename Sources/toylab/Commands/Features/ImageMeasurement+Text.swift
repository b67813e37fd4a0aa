// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Foundation
import Measures
import Probing

extension ImageMeasurement.Report {
  /// The numbers as a table with their floors, and what they mean below it.
  var text: String {
    let count = referenceCount.map { "\($0) of \(reference)" } ?? "the law in \(reference)"
    return """
      \(readings.count) samples of \(samples), \(count), in \(features)

      \(textTable(["measure", "value", "floor"], rows))
      \(notes)
      """
  }

  private var rows: [[String]] {
    var rows = [
      [
        "Fréchet distance",
        readings.extrapolation.map { "\($0.distance)" } ?? number(readings.frechet),
        floor.map { spread($0.frechet) } ?? "unknown",
      ]
    ]
    if let limit = readings.extrapolation?.limit {
      // The bias of the reference stays: that of both halves is four times as large.
      let own = floor.map { number($0.frechet.mean.value / 4) }
      rows.append(["  of infinitely many samples", "\(limit)", own ?? "unknown"])
    }
    if let kernel = readings.kernel {
      rows.append(
        ["kernel distance", "\(kernel)", floor.map { spread($0.kernel) } ?? "unknown"])
    }
    if let coverage = readings.coverage {
      rows.append(["precision", "\(coverage.precision)", ""])
      rows.append(["recall", "\(coverage.recall)", ""])
    }
    if let agreement = readings.agreement {
      rows.append(["class accuracy", "\(agreement.accuracy)", ""])
      for (label, recall) in agreement.recalls.enumerated() {
        guard let recall else { continue }
        rows.append(["  class \(label)", "\(recall)", ""])
      }
    }
    if let memorization = readings.memorization {
      rows.append(
        [
          "nearest training image, L2", number(memorization.sampleDistance),
          number(memorization.heldOutDistance),
        ])
      rows.append(["  ratio", number(memorization.ratio), "1"])
      rows.append(["  share nearer than 95 % of held out", "\(memorization.shareOfNear)", "0.05"])
    }
    return rows
  }

  private var notes: String {
    var notes: [String] = []
    if let extrapolation = readings.extrapolation {
      notes.append(
        "The number of samples adds \(number(extrapolation.bias)) to the Fréchet distance (a line in 1/N through "
          + extrapolation.sizes.map { "\($0)" }.joined(separator: ", ") + " samples).")
    } else {
      let needed = FrechetExtrapolation.fewestSamples(features: dimension)
      notes.append(
        "The bias of the Fréchet distance is not known: it takes \(needed) samples or more.")
    }
    if let floor {
      notes.append(
        "Floors are those of two halves of the reference, \(floor.halfCount) images each, with the deviation of one "
          + "reading; that of the limit, a quarter of it, is what the number of images of the reference adds."
      )
    }
    if readings.coverage != nil {
      notes.append(
        "Precision and recall by 3 nearest neighbours, the kernel distance in blocks of up to 1000 with (x·y/d + 1)^3."
      )
    }
    return notes.map { $0 + "\n" }.joined()
  }

  private func spread(_ floor: NoiseFloor) -> String {
    "\(Estimate(value: floor.mean.value, standardError: floor.standardDeviation, count: floor.mean.count))"
  }

  private func number(_ value: Double) -> String { String(format: "%.5g", value) }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Foundation
import Probing

/// Tells of each new row of metrics in a line with the course so far.
struct MetricsFollower {
  private static let shown: [(key: String, label: String)] = [
    ("loss", "loss"), ("gradientNorm", "gradient"),
    (Metric.flowMapError.key(), "map error"), (Metric.slicedWasserstein.key(), "sliced W2"),
  ]

  private var lastStep: Int?
  private var courses: [String: [Double]] = [:]

  /// A line for a row that was not told of yet; nil for one that was.
  mutating func line(for row: MetricsRow?) -> String? {
    guard let row, row.step != lastStep else { return nil }
    lastStep = row.step
    let parts = Self.shown.compactMap { key, label -> String? in
      guard let value = row[key] else { return nil }
      courses[key, default: []].append(value)
      let course = sparkline(courses[key] ?? [], width: 16)
      return "\(label) \(String(format: "%.4g", value)) \(course)"
    }
    return (["step \(row.step)"] + parts).joined(separator: "  ") + "\n"
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Probing

/// How far a run of a sweep has come towards a step.
public enum SweepReading: Sendable, Equatable {
  /// It can be continued from here.
  case pending(step: Int)
  /// It was measured there.
  case reached(MetricsRow)
  /// It ended before.
  case diverged(step: Int, reason: String)

  /// The row of metrics at the step.
  var row: MetricsRow? {
    guard case .reached(let row) = self else { return nil }
    return row
  }
}

/// What the folder of a run holds, read once.
struct SweepRunRecord {
  private let latest: Int
  private let rows: [MetricsRow]
  private let record: RunRecord?

  /// - Throws: `FileError`, ``RunFolderError``.
  init(_ path: String) throws {
    let layout = RunLayout(path)
    latest = try layout.checkpoints().last?.step ?? 0
    rows = FileSystem.exists(layout.metricsPath) ? try layout.metrics() : []
    record = try layout.record()
  }

  /// The last step that cannot be lost.
  var step: Int { latest }

  /// A row of metrics without a checkpoint behind it may be lost, so that it counts for nothing yet.
  func reading(at target: Int) -> SweepReading {
    if latest >= target, let row = rows.last(where: { $0.step == target }) { return .reached(row) }
    if let record, record.state == .diverged {
      return .diverged(step: latest, reason: record.reason ?? "")
    }
    return .pending(step: latest)
  }
}

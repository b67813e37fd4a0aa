// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Measures

/// The results of a sweep as a table, the best settings first.
public struct SweepTable: Sendable {
  public let header: [String]
  public let rows: [[String]]
  /// The same in numbers of full length, with the standard errors in columns of their own.
  public let commaSeparated: String

  public init(_ standing: SweepStanding) {
    let plan = standing.plan
    let ranked = standing.ranked
    let metrics = plan.metrics.filter { metric in
      ranked.contains { !$0.values(metric).isEmpty }
    }
    let tellsDiverged = ranked.contains { !$0.diverged.isEmpty }
    let axes = plan.axisNames.isEmpty ? ["settings"] : plan.axisNames
    header = axes + ["seeds", "steps"] + (tellsDiverged ? ["diverged"] : []) + metrics
    rows = ranked.map { Self.row($0, metrics, tellsDiverged: tellsDiverged) }
    let fields: [String] =
      ["run"] + plan.sweep.axes.map(\.key) + ["seeds", "step", "steps", "diverged"]
      + metrics.flatMap { [$0, "\($0).standardError"] }
    let lines = [fields] + ranked.map { Self.fields($0, metrics) }
    commaSeparated = lines.map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
  }

  private static func row(
    _ entry: SweepStanding.Entry, _ metrics: [String], tellsDiverged: Bool
  ) -> [String] {
    let values = entry.trial.values.map(\.brief)
    var row = values.isEmpty ? [entry.trial.name] : values
    row += ["\(entry.trial.runs.count)", "\(entry.step) of \(entry.trial.steps)"]
    if tellsDiverged { row.append("\(entry.diverged.count)") }
    return row + metrics.map { entry.estimate($0)?.description ?? "" }
  }

  private static func fields(_ entry: SweepStanding.Entry, _ metrics: [String]) -> [String] {
    var fields = [entry.trial.name] + entry.trial.values.map(\.brief)
    let counts = [entry.trial.runs.count, entry.step, entry.trial.steps, entry.diverged.count]
    fields += counts.map { "\($0)" }
    for metric in metrics {
      guard let estimate = entry.estimate(metric) else {
        fields += ["", ""]
        continue
      }
      let error = estimate.standardError
      fields += [estimate.value.description, error.isFinite ? error.description : ""]
    }
    return fields
  }

  /// A field of a line, in quotation marks where it needs them.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

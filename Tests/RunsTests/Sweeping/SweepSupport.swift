// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import FlowMaps
import Foundation
import Networks
import Training

@testable import Runs

/// The plan of a sweep of a small run, of the text of a sweep's file without its base.
///
/// - Parameter settings: what the base's configuration says beside its sizes.
func smallPlan(
  _ members: String, settings: String = #""steps": 12, "metricsInterval": 4"#,
  checkpointInterval: Int = 5
) throws -> SweepPlan {
  let text = """
    {"base": {"source": "two", "checkpointInterval": \(checkpointInterval),
              "configuration": {"batch": 32, "evaluationPoints": 16, \(settings),
                                "network": {"perceptron": {"width": 6, "depth": 2}}}}
     \(members.isEmpty ? "" : ",") \(members)}
    """
  return try plan(of: text)
}

/// The plan of the text of a sweep's file.
func plan(of text: String) throws -> SweepPlan {
  let sweep = try Sweep(JSONDocument(data: Data(text.utf8), path: "sweep.json"))
  return try SweepPlan(sweep) { source in
    ResolvedRun(
      configuration: TrainingConfiguration(), source: source, threads: 1, command: "toylab sweep")
  } source: { name in
    try ResolvedRun.Source(named: name ?? "four")
  }
}

/// What reading a sweep's file says against it; nil if nothing.
func refusal(of text: String) -> String? {
  do {
    _ = try plan(of: text)
    return nil
  } catch {
    return "\(error)"
  }
}

/// The metrics and the checkpoints of every run below a folder by their paths.
func sweepResults(_ folder: String) -> [String: Data] {
  var results: [String: Data] = [:]
  let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  for name in names where name.hasSuffix("metrics.jsonl") || name.contains("checkpoints/step-") {
    results[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
  }
  return results
}

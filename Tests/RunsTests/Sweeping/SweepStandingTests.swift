// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Probing
import TestSupport
import Testing

@testable import Runs

@Suite struct SweepStandingTests {
  @Test("a folder without runs asks for all of them, to the first rung")
  func empty() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(
        #"""
        "axes": {"configuration.batch": [8, 9]}, "seeds": 2,
        "halving": {"rungs": [4], "keep": 0.5}
        """#)
      let standing = try SweepStanding(of: plan, in: folder)
      #expect(!standing.isComplete && standing.steps == 0 && standing.stage == 0)
      #expect(standing.jobs.map(\.run.name) == plan.runs.map(\.name))
      #expect(standing.jobs.allSatisfy { $0.target == 4 })
      #expect(standing.entries.allSatisfy { $0.stage == 0 && $0.diverged.isEmpty })
    }
  }

  @Test("a row of metrics counts once a checkpoint stands behind it")
  func ahead() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan("", settings: #""steps": 8, "metricsInterval": 4"#)
      let path = "\(folder)/\(plan.runs[0].name)"
      let training = try RecordedTraining(plan.runs[0].resolved, in: path, existing: .refuse)
      _ = try training.train()
      #expect(try SweepRunRecord(path).reading(at: 8).row?.step == 8)
      let last = try #require(try RunLayout(path).checkpoints().last)
      try FileSystem.removeTree(last.path)
      #expect(try SweepRunRecord(path).reading(at: 8) == .pending(step: 5))
      #expect(try SweepStanding(of: plan, in: folder).jobs.map(\.target) == [8])
    }
  }

  @Test("a number that no run has cannot decide")
  func missing() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(
        #"""
        "axes": {"configuration.batch": [8, 9]},
        "halving": {"rungs": [4], "keep": 0.5, "metric": "loss"}
        """#)
      let path = "\(folder)/sweep"
      let training = try SweepTraining(plan, in: path, threads: 1)
      _ = try training.train()
      for run in plan.runs {
        let file = "\(path)/\(run.name)/metrics.jsonl"
        let rows = try FileSystem.contents(of: file)
        let without = String(decoding: rows, as: UTF8.self).replacing("\"loss\"", with: "\"other\"")
        try Data(without.utf8).write(to: URL(fileURLWithPath: file))
      }
      let error = #expect(throws: SweepFolderError.self) { _ = try training.standing() }
      #expect(error?.description.contains("no run has the number loss") == true)
      #expect(error?.description.contains("flowMapError") == true)
    }
  }
}

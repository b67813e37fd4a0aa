// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Probing
import Synchronization
import TestSupport
import Testing

@testable import Runs

@Suite struct SweepTrainingTests {
  /// Four settings, one of which diverges, two seeds, two rungs: the rows at 4 and 8 decide.
  private static let halved = #"""
    "axes": {"configuration.schedule.peak": [0.001, 0.01, 1e30, 0.1]}, "seeds": 2,
    "halving": {"rungs": [4, 8], "keep": 0.5, "metric": "flowMapError"}
    """#

  private final class Steps: Sendable {
    private let state = Mutex((count: 0, threads: Set<UInt>()))

    func make() {
      state.withLock { state in
        state.count += 1
        state.threads.insert(UInt(bitPattern: pthread_self().hashValue))
      }
    }

    var count: Int { state.withLock(\.count) }
    var threads: Int { state.withLock(\.threads.count) }
  }

  /// Trains a sweep, as a command does that is asked to stop after so many steps of all runs.
  @discardableResult
  private func train(
    _ plan: SweepPlan, _ path: String, threads: Int = 2, stopAfter last: Int = .max,
    steps: Steps = Steps()
  ) throws -> SweepTraining.Ending {
    let training = try SweepTraining(plan, in: path, threads: threads)
    return try training.train(onStep: { _ in steps.make() }, shouldStop: { steps.count >= last })
  }

  @Test("every run is an ordinary one, found, grouped over its seeds and complete")
  func ordinary() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(
        #""axes": {"configuration.loss.objective": ["directFull", "flowMatching"]}, "seeds": 2"#)
      #expect(try train(plan, "\(folder)/sweep") == .complete)
      let folders = try RunSummary.folders(in: "\(folder)/sweep")
      #expect(
        folders.map { $0.dropFirst("\(folder)/sweep/".count) } == [
          "objective-directFull/seed-0", "objective-directFull/seed-1",
          "objective-flowMatching/seed-0",
          "objective-flowMatching/seed-1",
        ])
      let groups = try RunGroup.groups(of: folders.map { try RunSummary(of: $0) })
      #expect(groups.map(\.seeds) == [[0, 1], [0, 1]])
      #expect(groups.flatMap(\.runs).allSatisfy { $0.state == "finished" })
    }
  }

  @Test("a run of a sweep is the one that is trained alone")
  func alone() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(#""axes": {"configuration.batch": [16, 24]}, "seeds": [5]"#)
      try train(plan, "\(folder)/sweep")
      let run = plan.runs[1]
      let training = try RecordedTraining(run.resolved, in: "\(folder)/alone", existing: .refuse)
      _ = try training.train()
      #expect(
        sweepResults("\(folder)/alone") == sweepResults("\(folder)/sweep/\(run.name)"))
    }
  }

  @Test("halving keeps the settings that were best at the rungs, and trains the others no further")
  func halving() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(Self.halved)
      let path = "\(folder)/sweep"
      let steps = Steps()
      try train(plan, path, steps: steps)
      let standing = try SweepStanding(of: plan, in: path)
      #expect(standing.isComplete)
      // What the rows say, by hand.
      func mean(_ trial: SweepPlan.Trial, at step: Int) throws -> Double {
        try trial.runs.reduce(0) { sum, run in
          let row = try RunLayout("\(path)/\(run.name)").metrics().first { $0.step == step }
          return sum + (row?["flowMapError"] ?? .infinity)
        }
      }
      let first = try plan.trials.sorted { try mean($0, at: 4) < mean($1, at: 4) }.prefix(2)
      let second = try first.sorted { try mean($0, at: 8) < mean($1, at: 8) }.prefix(1)
      for trial in plan.trials {
        let last = try trial.runs.map {
          try RunLayout("\(path)/\($0.name)").checkpoints().last?.step
        }
        if second.contains(where: { $0.name == trial.name }) {
          #expect(last == [12, 12])
        } else if first.contains(where: { $0.name == trial.name }) {
          #expect(last == [8, 8])
        } else if trial.name != "peak-1e+30" {
          #expect(last == [4, 4])
        }
      }
      #expect(standing.ranked.first?.trial.name == second[0].name)
      #expect(standing.entries.map(\.isGivenUp).count { $0 } == 3)
      #expect(plan.totalSteps == 2 * (4 * 4 + 2 * 4 + 1 * 4))
      #expect(steps.count <= plan.totalSteps)
    }
  }

  @Test("a run that diverges is kept with its reason, and the others go on")
  func diverging() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(
        #""axes": {"configuration.schedule.peak": [1e30, 0.001]}, "seeds": 2"#)
      let path = "\(folder)/sweep"
      #expect(try train(plan, path) == .complete)
      let standing = try SweepStanding(of: plan, in: path)
      let lost = standing.entries[0]
      #expect(lost.diverged.count == 2 && lost.estimate("flowMapError") == nil)
      #expect(lost.diverged.allSatisfy { $0.reason.contains("smaller learning rate") })
      #expect(standing.entries[1].values("flowMapError").count == 2)
      #expect(standing.ranked.map(\.trial.name) == ["peak-0.001", "peak-1e+30"])
      #expect(try RunLayout("\(path)/\(plan.runs[0].name)").record()?.state == .diverged)
      let before = contents(of: path)
      #expect(try train(plan, path) == .complete)
      #expect(contents(of: path) == before)
    }
  }

  @Test(
    "a sweep stopped anywhere, again and again, ends with the bytes of one that was not",
    arguments: [1, 3, 5, 11, 17, 29])
  func stopping(stride: Int) throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(Self.halved)
      try train(plan, "\(folder)/whole")
      var attempts = 0
      while try train(plan, "\(folder)/parts", threads: 1 + attempts % 2, stopAfter: stride)
        == .stopped
      {
        attempts += 1
        try #require(attempts < 100)
      }
      #expect(attempts > 0)
      #expect(sweepResults("\(folder)/parts") == sweepResults("\(folder)/whole"))
    }
  }

  @Test("what a killed process has left is taken up: runs cut anywhere, or not begun")
  func killed() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(Self.halved)
      let path = "\(folder)/sweep"
      try train(plan, path)
      let whole = sweepResults(path)
      for (index, run) in plan.runs.enumerated() {
        let layout = RunLayout("\(path)/\(run.name)")
        if index % 4 == 0 {
          try FileSystem.removeTree(layout.path)
        } else {
          // Rows may be ahead of the checkpoints.
          for checkpoint in try layout.checkpoints() where checkpoint.step > index {
            try FileSystem.removeTree(checkpoint.path)
          }
        }
      }
      #expect(sweepResults(path) != whole)
      try train(plan, path)
      #expect(sweepResults(path) == whole)
    }
  }

  @Test("no more threads work than there are, and runs are told their share", arguments: [1, 2, 3])
  func threads(total: Int) throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(
        #""axes": {"configuration.batch": [8, 9, 10]}, "seeds": 2, "parallel": {"runs": 16}"#)
      let steps = Steps()
      try train(plan, "\(folder)/sweep", threads: total, steps: steps)
      #expect(steps.threads <= total)
      let told = try plan.runs.map {
        try ResolvedRun(of: RunLayout("\(folder)/sweep/\($0.name)")).threads
      }
      #expect(told == Array(repeating: 1, count: 6))
    }
  }

  @Test(
    "a run of other settings in the folder is refused by its path, and the rest can be taken up")
  func foreign() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(#""axes": {"configuration.batch": [8, 9]}"#)
      let other = try smallPlan(#""axes": {"configuration.batch": [10]}"#)
      let path = "\(folder)/sweep"
      let foreign = "\(path)/\(plan.runs[1].name)"
      try train(plan, path, stopAfter: 0)
      let training = try RecordedTraining(
        other.runs[0].resolved, in: foreign, existing: .refuse)
      _ = try training.train(shouldStop: { training.step >= 2 })
      #expect(throws: SweepFolderError.otherRun(path: foreign)) { try train(plan, path) }
      try FileSystem.removeTree(foreign)
      #expect(try train(plan, path) == .complete)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import Runs

@Suite struct SweepFolderTests {
  private let plan: SweepPlan
  init() throws {
    plan = try smallPlan(#""axes": {"configuration.batch": [8, 9]}, "seeds": 2"#)
  }

  private func refusal(_ plan: SweepPlan, _ path: String) -> String {
    let early = #expect(throws: SweepFolderError.self) { try SweepFolder.check(plan, in: path) }
    let late = #expect(throws: SweepFolderError.self) { _ = try SweepFolder(path, for: plan) }
    #expect(early == late)
    return late?.description ?? ""
  }

  @Test("a folder is taken again by the same sweep, however its work is shared out or shown")
  func same() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a/b"
      _ = try SweepFolder(path, for: plan)
      try SweepFolder.check(plan, in: path)
      _ = try SweepFolder(
        path,
        for: try smallPlan(
          #"""
          "axes": {"configuration.batch": [8, 9]}, "seeds": [0, 1],
          "parallel": {"runs": 1}, "metrics": ["slicedWasserstein"]
          """#))
    }
  }

  @Test("a folder of another sweep is refused with what is different, and left as it is")
  func others() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/sweep"
      _ = try SweepFolder(path, for: plan)
      let before = contents(of: path)
      for (members, said) in [
        (#""axes": {"configuration.schedule.peak": [0.1]}"#, "it varies configuration.batch"),
        (#""axes": {"configuration.batch": [8, 10]}, "seeds": 2"#, "takes 8, 9, in this one 8, 10"),
        (#""axes": {"configuration.batch": [8, 9]}, "seeds": 3"#, "seeds"),
        (
          #"""
          "axes": {"configuration.batch": [8, 9]}, "seeds": 2,
          "halving": {"rungs": [4], "keep": 0.5}
          """#, "gives up settings"
        ),
      ] {
        #expect(refusal(try smallPlan(members), path).contains(said))
      }
      let longer = try smallPlan(
        #""axes": {"configuration.batch": [8, 9]}, "seeds": 2"#, settings: #""steps": 13"#)
      #expect(refusal(longer, path).contains("batch-8/seed-0 has other settings"))
      #expect(contents(of: path) == before)
    }
  }

  @Test("a folder of something else, or one in use, is refused; nothing is created beside it")
  func strangers() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/sweep"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      _ = FileManager.default.createFile(atPath: "\(path)/letter.txt", contents: Data())
      #expect(refusal(plan, path).contains("holds no sweep"))
      try FileSystem.removeTree(path)
      let held = try SweepFolder(path, for: plan)
      #expect(throws: SweepFolderError.inUse(path: path)) { _ = try SweepFolder(path, for: plan) }
      _ = consume held
      try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(path)/plan.json"))
      #expect(refusal(plan, path).contains("not the plan of a sweep"))
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Measures
import TestSupport
import Testing

@testable import Runs

@Suite struct SweepTableTests {
  @Test("the best settings stand first, with means over seeds, their errors and what diverged")
  func table() throws {
    try withTemporaryFolder { folder in
      let plan = try smallPlan(
        #"""
        "axes": {"configuration.schedule.peak": [1e30, 0.001, 0.05],
                 "configuration.times": [{"relaxed": {"a": 2, "b": 1}}]}, "seeds": 2,
        "metrics": ["slicedWasserstein", "loss"]
        """#)
      let training = try SweepTraining(plan, in: "\(folder)/sweep", threads: 2)
      let before = SweepTable(try training.standing())
      #expect(before.header == ["peak", "times", "seeds", "steps"])
      #expect(before.rows.map { $0[3] } == ["0 of 12", "0 of 12", "0 of 12"])
      _ = try training.train()
      let standing = try training.standing()
      let table = SweepTable(standing)
      #expect(
        table.header
          == ["peak", "times", "seeds", "steps", "diverged", "slicedWasserstein", "loss"])
      #expect(table.rows[2].prefix(2) == ["1e+30", "relaxed(a 2, b 1)"])
      #expect(table.rows.map { $0[4] } == ["0", "0", "2"])
      #expect(table.rows[2].suffix(2) == ["", ""])
      let means = standing.ranked.compactMap { $0.estimate("slicedWasserstein")?.value }
      #expect(means == means.sorted() && means.count == 2)
      #expect(table.rows[0][5].contains("±"))

      let lines = table.commaSeparated.split(separator: "\n")
      #expect(
        lines[0]
          == "run,configuration.schedule.peak,configuration.times,seeds,step,steps,diverged,"
          + "slicedWasserstein,slicedWasserstein.standardError,loss,loss.standardError")
      #expect(lines.count == 4)
      #expect(lines[1].contains("\"relaxed(a 2, b 1)\",2,12,12,0,\(means[0]),"))
      #expect(lines[3].hasSuffix(",2,,,,"))
    }
  }
}

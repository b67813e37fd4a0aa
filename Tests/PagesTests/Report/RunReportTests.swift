// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Networks
import Runs
import TestSupport
import Testing
import Training

@testable import Pages

@Suite struct RunReportTests {
  private func withPortraits(
    _ names: [String], _ body: ([RunPortrait]) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let portraits = try names.enumerated().map { index, name in
        let run = ResolvedRun(
          configuration: TrainingConfiguration(
            network: MultilayerPerceptron(width: 4, depth: 1), batch: 16, steps: 4,
            seed: UInt64(index), metricsInterval: 2, evaluationPoints: 32),
          source: try ResolvedRun.Source(named: "two"), checkpointInterval: 2, threads: 1,
          command: "toylab train --out \(name)")
        let training = try RecordedTraining(run, in: "\(folder)/\(name)", existing: .refuse)
        _ = try training.train()
        return try RunPortrait(of: "\(folder)/\(name)")
      }
      try body(portraits)
    }
  }

  @Test("the page of a run holds all its parts, and a name of a run breaks none of them")
  func parts() throws {
    try withPortraits(["a<b>&_{^"]) { portraits in
      let page = try RunReport(portraits, command: "toylab report x").page()
      let html = page.html
      for part in [
        "id=\"diagnosis\"", "id=\"curves\"", "id=\"samples-0\"", "id=\"settings\"", "id=\"again\"",
        "toylab train --out a&lt;b&gt;&amp;_{^", "toylab report x", "type=\"range\"",
        "aria-label=\"loss over training steps", "noise floor", "configuration",
      ] where part != "configuration" {
        #expect(html.contains(part), "\(part)")
      }
      #expect(!html.contains("<b>"))
      #expect(page.reloadInterval == nil && !html.contains("http-equiv=\"refresh\""))
    }
  }

  @Test("names inside of pictures are each picture's own, and all that are used are there")
  func names() throws {
    try withPortraits(["a", "b"]) { portraits in
      let html = try RunReport(portraits, command: "toylab report").page().html
      func matches(_ pattern: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern)
        return expression.matches(in: html, range: NSRange(html.startIndex..., in: html)).compactMap
        {
          Range($0.range(at: 1), in: html).map { String(html[$0]) }
        }
      }
      let defined = try matches(" id=\"([^\"]*)\"")
      #expect(Set(defined).count == defined.count)
      let used = try matches("(?:href=\"#|url\\(#)([^\")]*)")
      #expect(!used.isEmpty && Set(used).subtracting(defined).isEmpty)
      for pattern in ["src=\"(?!data:)([^\"]*)", "href=\"(?!#)([^\"]*)", "url\\((?!#)([^)]*)"] {
        #expect(try matches(pattern) == [], "\(pattern)")
      }
    }
  }

  @Test("a page that is followed is seen anew")
  func reload() throws {
    try withPortraits(["a"]) { portraits in
      let report = RunReport(portraits, command: "toylab report", reloadInterval: 7)
      let html = try report.page().html
      #expect(html.contains("http-equiv=\"refresh\" content=\"7\""))
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Testing
import Theory

@testable import Pages

@Suite struct ClaimArticlesTests {
  @Test("every claim is an article, with its verdict where it was measured")
  func articles() throws {
    let session = CheckSession(seed: 0, pool: WorkerPool(threads: 1))
    let result = theoryChecks[0].result(session)
    let report = TheoryReport(results: [result], seed: 0, isThorough: false)
    let html = ClaimArticles(report: report).page(index: "index.html").html
    for check in theoryChecks { #expect(html.contains("id=\"claim\(check.number)\"")) }
    #expect(
      html.contains("<strong>Holds</strong>") && html.contains("<strong>Not measured</strong>"))
    #expect(html.contains(escaped(TheoryReport.line(result, isDetailed: true))))
    #expect(ClaimArticles(report: nil).summary.contains("not measured"))
  }
}

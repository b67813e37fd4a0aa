// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Theory

/// The claims of the theory as articles, with what was measured where it was.
public struct ClaimArticles: Sendable {
  /// The results of `toylab verify --json`, if there are any.
  private let report: TheoryReport?

  public init(report: TheoryReport?) { self.report = report }

  /// A line on how many claims hold.
  var summary: String {
    report.map { "\($0.summary) Seed \($0.seed), version \($0.version)." }
      ?? "They were not measured for this book; toylab verify --json FILE measures them, and --findings FILE shows it."
  }

  /// The page.
  ///
  /// - Parameter index: the page of all pages.
  public func page(index: String) -> Page {
    let articles = theoryChecks.map { check in
      article(
        check.number, check.claim, report?.results.first { $0.number == check.number })
    }
    return Page(
      title: "Claims of the theory", subtitle: summary,
      body: [back(to: index)] + articles
        + [
          section(
            "How to measure them again", id: "again",
            [shellCommand("toylab verify --details --json findings.json")])
        ])
  }

  private func article(_ number: Int, _ claim: String, _ result: CheckResult?) -> PageNode {
    let look = result.map { $0.holds ? "finding fine" : "finding" } ?? "finding note"
    let verdict = result.map { $0.holds ? "Holds" : "Fails" } ?? "Not measured"
    let findings = result.map { result in
      [
        tag(
          "pre", ["class": "prose", "tabindex": "0"],
          [.text(TheoryReport.line(result, isDetailed: true))])
      ]
    }
    return tag(
      "article", ["class": look, "id": "claim\(number)"],
      [
        tag("h3", [:], [.text("Claim \(number). \(claim)")]),
        tag("p", [:], [tag("strong", [:], [.text(verdict)])]),
      ] + (findings ?? []))
  }
}

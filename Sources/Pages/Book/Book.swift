// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Theory
internal import Walkthroughs

/// A folder of pages: every figure whose data are there, the claims of the theory, and an index of them.
public struct Book: Sendable {
  private static let index = "index.html"
  private static let claims = "claims.html"

  /// The figures whose data are there, by number.
  public let figures: [FigureArticle]
  /// Those whose data are not, by number and title.
  public let missing: [(number: Int, title: String)]
  private let claims: ClaimArticles

  /// - Parameters:
  ///   - folder: of the figures.
  ///   - link: what leads from the book to that folder.
  ///   - report: results of `toylab verify`, if there are any.
  /// - Throws: `FileError`, or what reading the data of a figure throws.
  public init(figuresIn folder: String, link: String, report: TheoryReport?) throws {
    var (figures, missing): ([FigureArticle], [(number: Int, title: String)]) = ([], [])
    for walkthrough in walkthroughs {
      if let article = try FigureArticle(walkthrough, in: folder, link: link) {
        figures.append(article)
      } else {
        missing.append((walkthrough.number, walkthrough.title))
      }
    }
    (self.figures, self.missing) = (figures, missing)
    claims = ClaimArticles(report: report)
  }

  /// Writes all pages, the index last; each appears whole or not at all.
  ///
  /// - Parameter folder: it is created, with the folders above it.
  /// - Throws: `FileError`, `PlottingError`.
  public func write(to folder: String) throws {
    _ = try FileSystem.createFolders(folder)
    for figure in figures {
      try figure.page(index: Self.index).write(to: "\(folder)/\(Self.name(figure.number))")
    }
    try claims.page(index: Self.index).write(to: "\(folder)/\(Self.claims)")
    try indexPage.write(to: "\(folder)/\(Self.index)")
  }

  private static func name(_ number: Int) -> String { "figure\(number).html" }

  /// The page that leads to all others.
  var indexPage: Page {
    let entries = figures.map { figure -> PageNode in
      let shown = figure.claims.count { $0.isShown }
      let claims =
        figure.claims.isEmpty ? "" : " \(shown) of \(figure.claims.count) claims are shown."
      return tag(
        "li", [:],
        [
          tag(
            "a", ["href": Self.name(figure.number)],
            [.text("Figure \(figure.number): \(figure.title)")]),
          paragraph(figure.summary + claims, class: "quiet"),
        ])
    }
    let absent = missing.map { number, title in
      tag(
        "li", [:],
        [
          .text("Figure \(number): \(title). "),
          tag("code", [:], [.text("toylab figure\(number) --page")]),
        ])
    }
    return Page(
      title: "toylab: the theory lab for 2D flow maps",
      subtitle:
        "Walkthroughs and claims, each with its numbers and the command that makes it again.",
      body: [
        section(
          "Figures", id: "figures",
          entries.isEmpty
            ? [paragraph("There are no data of figures yet.")]
            : [tag("ul", ["class": "contents"], entries)]),
        section(
          "Claims of the theory", id: "claims",
          [
            tag("p", [:], [tag("a", ["href": Self.claims], ["All \(theoryChecks.count) claims"])]),
            paragraph(claims.summary, class: "quiet"),
          ]),
      ]
        + (absent.isEmpty
          ? []
          : [section("Not made yet", id: "missing", [tag("ul", [:], absent)])]))
  }
}

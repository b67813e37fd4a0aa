// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Plotting
import TestSupport
import Testing
import Walkthroughs

@testable import Pages

@Suite struct FigureArticleTests {
  /// A folder with the figure that is made fastest.
  private func withFigure(
    _ body: (_ folder: String, _ walkthrough: any Walkthrough.Type) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let walkthrough = try #require(walkthroughs.first { $0.number == 1 })
      try walkthrough.run(
        WalkthroughSession(threads: 2, folder: folder, format: .svg) { _ in })
      try body(folder, walkthrough)
    }
  }

  @Test("a figure's page is made from its data, and says its words where they were kept")
  func page() throws {
    try withFigure { folder, walkthrough in
      let bare = try #require(try FigureArticle(walkthrough, in: folder)).page().html
      #expect(bare.contains("<svg") && bare.contains("href=\"data/figure1.json\""))
      #expect(bare.contains("Its words were not kept"))
      let claim = Claim(statement: "1 < 2", isShown: false, evidence: "1 and 2")
      try FigureRecord(
        command: "toylab figure1 --page", passages: [.prose("some <words>"), .claim(claim)]
      ).write(number: 1, in: folder)
      let article = try #require(try FigureArticle(walkthrough, in: folder, link: "../a b"))
      let html = try article.page(index: "index.html").html
      for part in [
        "some &lt;words&gt;", "Not shown here: 1 &lt; 2", "toylab figure1 --page",
        "href=\"../a%20b/data/figure1.json\"", "href=\"index.html\"",
      ] { #expect(html.contains(part), "\(part)") }
      #expect(article.claims == [claim])
    }
  }

  @Test("without data there is no article, and data of another kind are an error")
  func noData() throws {
    try withTemporaryFolder { folder in
      let walkthrough = try #require(walkthroughs.first)
      #expect(try FigureArticle(walkthrough, in: folder) == nil)
      _ = try FileSystem.createFolders("\(folder)/data")
      try AtomicFile.write(
        Data("{}".utf8), to: "\(folder)/data/figure\(walkthrough.number).json")
      #expect(throws: (any Error).self) { try FigureArticle(walkthrough, in: folder) }
    }
  }

  @Test("a book holds what is there, names what is not, and its links lead somewhere")
  func book() throws {
    try withFigure { folder, _ in
      let book = try Book(figuresIn: folder, link: "..", report: nil)
      #expect(book.figures.map(\.number) == [1])
      #expect(book.missing.count == walkthroughs.count - 1)
      try book.write(to: "\(folder)/book")
      let names = try FileSystem.names(in: "\(folder)/book")
      #expect(names == ["claims.html", "figure1.html", "index.html"])
      let index = book.indexPage.html
      #expect(index.contains("href=\"figure1.html\"") && index.contains("href=\"claims.html\""))
      #expect(index.contains("toylab figure3 --page"))
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct ReportTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private static let train = [
    "train", "--steps", "4", "--batch", "16", "--width", "4", "--depth", "1",
    "--evaluation-points", "16", "--metrics-every", "2", "--threads", "1",
  ]

  @Test("runs, and folders of runs, become one page")
  func pages() throws {
    try withTemporaryFolder { folder in
      for seed in 0..<2 {
        try run(Self.train + ["--out", "\(folder)/runs/\(seed)", "--seed", "\(seed)"])
      }
      try run(["report", "\(folder)/runs", "--out", "\(folder)/page.html"])
      let page = try #require(text(at: "\(folder)/page.html"))
      #expect(page.contains("\(folder)/runs/0") && page.contains("\(folder)/runs/1"))
      #expect(page.hasSuffix("</html>\n"))
      let names = try FileSystem.names(in: folder)
      #expect(names == ["page.html", "runs"])
    }
  }

  @Test("what holds no run, or cannot be written, is refused and nothing is left")
  func refusals() throws {
    try withTemporaryFolder { folder in
      try run(Self.train + ["--out", "\(folder)/run"])
      let before = contents(of: folder)
      for arguments in [
        ["nowhere", "--out", "\(folder)/page.html"],
        ["\(folder)/run", "--out", "\(folder)/page.txt"],
        ["\(folder)/run", "--out", "\(folder)/none/page.html"], ["\(folder)/run"],
        ["--out", "page.html"],
      ] {
        #expect(throws: (any Error).self, "\(arguments)") { try run(["report"] + arguments) }
      }
      #expect(contents(of: folder) == before)
    }
  }

  @Test("a followed report of runs that are over is written once")
  func follow() throws {
    try withTemporaryFolder { folder in
      try run(Self.train + ["--out", "\(folder)/run", "--follow"])
      try run(["report", "\(folder)/run", "--out", "\(folder)/page.html", "--follow"])
      let page = try #require(text(at: "\(folder)/page.html"))
      #expect(!page.contains("http-equiv=\"refresh\""))
    }
  }

  @Test("a figure becomes a page, and figures and claims a book, without being run again")
  func book() throws {
    try withTemporaryFolder { folder in
      let figures = "\(folder)/figures"
      try run(["figure1", "--out", figures, "--format", "svg", "--page"])
      let page = try #require(text(at: "\(figures)/figure1.html"))
      #expect(page.contains("semigroup") && page.contains("href=\"data/figure1.json\""))
      try run(["verify", "--only", "1", "--json", "\(folder)/findings.json"])
      try run([
        "book", "--figures", figures, "--findings", "\(folder)/findings.json", "--out",
        "\(folder)/book",
      ])
      let article = try #require(text(at: "\(folder)/book/figure1.html"))
      #expect(article.contains("semigroup"))
      #expect(article.contains("href=\"../figures/data/figure1.json\""))
      let claims = try #require(text(at: "\(folder)/book/claims.html"))
      #expect(claims.contains("<strong>Holds</strong>"))
    }
  }

  @Test("a book of figures or findings that are none is refused and leaves nothing")
  func noBook() throws {
    try withTemporaryFolder { folder in
      try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/other.json"))
      let before = contents(of: folder)
      for arguments in [
        ["--figures", "\(folder)/none"],
        ["--figures", folder, "--findings", "\(folder)/other.json"],
        ["--figures", folder, "--findings", "\(folder)/none.json"],
      ] {
        #expect(throws: (any Error).self, "\(arguments)") {
          try run(["book", "--out", "\(folder)/book"] + arguments)
        }
      }
      #expect(contents(of: folder) == before)
    }
  }

  @Test("what leads from one folder to another goes up as far as it must")
  func relativePaths() {
    #expect(relativePath(from: "/a/b", to: "/a/c/d") == "../c/d")
    #expect(relativePath(from: "/a/b", to: "/a/b") == "")
    #expect(relativePath(from: "book", to: "figures") == "../figures")
  }
}

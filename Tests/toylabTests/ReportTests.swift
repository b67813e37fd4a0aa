// Part of toylab. Licensed under Apache-2.0; see LICENSE.

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
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@Suite struct ReadmeTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ name: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("every file that the README links is there")
  func links() throws {
    let links = try text("README.md").matches(of: /\]\(([^)#]+)\)/).map { String($0.1) }
      .filter { !$0.contains("://") }
    #expect(links.count > 10)
    let missing = links.filter {
      !FileManager.default.fileExists(atPath: Self.root.appendingPathComponent($0).path)
    }
    #expect(missing == [])
  }

  @Test(
    "every figure that has a picture is in the README's table, and every figure of the table is a walkthrough"
  )
  func figures() throws {
    let table = try text("README.md").matches(of: /\n\| (\d+) \|/).map { Int($0.1) ?? -1 }
    let walkthroughs = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("notebooks-as-scripts").path
    ).compactMap { $0.firstMatch(of: /^(\d\d)-/).flatMap { Int($0.1) } }
    #expect(Set(table) == Set(walkthroughs))
    let pictures = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("figures").path
    ).compactMap { $0.firstMatch(of: /^figure(\d+)\.png$/).flatMap { Int($0.1) } }
    #expect(Set(pictures).isSubset(of: Set(table)))
  }

  @Test("a debug build is compiled with optimisation")
  func optimization() throws {
    let package = try text("Package.swift")
    #expect(package.contains("\"-O\"") && package.contains("\"-O3\""))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@Suite struct DocumentationTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private struct Room {
    let name: String
    let folder: String

    /// Every room of Swift, the notebooks among them.
    static func all() -> [Room] {
      Floors.rooms.map { name in
        Room(
          name: name,
          folder: root.appendingPathComponent(
            name == "Walkthroughs" ? "notebooks-as-scripts" : "Sources/\(name)"
          ).path)
      }
    }

    func files(_ suffix: String) throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(suffix) }
        .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    }

    /// The names that are public here.
    func publicNames() throws -> Set<String> {
      let kinds = "struct|class|enum|protocol|func|typealias|actor|var|let"
      let pattern = try Regex<(Substring, Substring)>(
        "(?m)^public (?:final |indirect )?(?:\(kinds)) ([A-Za-z_][A-Za-z0-9_]*)")
      return Set(
        try files(".swift").flatMap { $0.matches(of: pattern).map { String($0.output.1) } })
    }
  }

  @Test("every module of the library has a page that it opens with")
  func pages() throws {
    for room in Room.all() where room.name != "toylab" && room.name != "TestSupport" {
      let path = "\(room.folder)/\(room.name).docc/\(room.name).md"
      let page = try? String(contentsOfFile: path, encoding: .utf8)
      #expect(page?.hasPrefix("# ``\(room.name)``\n") == true, "\(path)")
      #expect(page?.contains("## Topics") == true, "\(path)")
    }
  }

  @Test("every name that a list of topics links is public in its module")
  func links() throws {
    var count = 0
    for room in Room.all() {
      let names = try room.publicNames()
      for page in try room.files(".md") {
        for link in page.matches(of: /\n- ``([A-Za-z_][A-Za-z0-9_]*)[^`]*``/) {
          count += 1
          let name = String(link.1)
          #expect(names.contains(name) || name == room.name, "\(room.name) links ``\(name)``")
        }
      }
    }
    #expect(count > 100)
  }
}

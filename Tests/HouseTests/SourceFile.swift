// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// A Swift file of the house, and what it imports.
struct SourceFile {
  /// From `Sources`; notebooks stand in the room `Walkthroughs`.
  let path: String
  let imports: [String]

  var room: String { String(path.prefix { $0 != "/" }) }

  init(path: String, text: String) {
    self.path = path
    imports = text.split(separator: "\n").compactMap(Self.importedModule)
  }

  /// Every file of the sources and the notebooks.
  static func all() throws -> [SourceFile] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let folders = [("Sources", ""), ("notebooks-as-scripts", "Walkthroughs/")]
    return try folders.flatMap { folder, room in
      let folder = root.appendingPathComponent(folder).path
      return try FileManager.default.subpathsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".swift") }.map { path in
          let text = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
          return SourceFile(path: room + path, text: text)
        }
    }
  }

  /// The module of an import, however it is written: with attributes, access, a kind or a path within the module.
  private static func importedModule(_ line: Substring) -> String? {
    let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
    let access: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    let rest = words.drop { access.contains($0) }
    guard rest.first == "import" else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let"]
    return rest.dropFirst().drop { kinds.contains($0) }.first?.split(separator: ".").first
      .map(String.init)
  }
}

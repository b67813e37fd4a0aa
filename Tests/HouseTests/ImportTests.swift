// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@Suite struct ImportTests {
  /// What is wrong with the imports of some files, file by file.
  private func faults(_ files: [SourceFile]) -> [String] {
    files.flatMap { file -> [String] in
      guard let place = Floors.rooms.firstIndex(of: file.room) else {
        return ["\(file.path): the room \(file.room) has no place; write it into Floors.order"]
      }
      return file.imports.compactMap { module in
        fault(file, place, module).map { "\(file.path) imports \(module): \($0)" }
      }
    }
  }

  private func fault(_ file: SourceFile, _ place: Int, _ module: String) -> String? {
    if let doors = Floors.outside[module] {
      return doors.contains { file.path.hasPrefix($0) }
        ? nil : "only \(doors.joined(separator: ", ")) may"
    }
    guard let other = Floors.rooms.firstIndex(of: module) else {
      return "it has no place; write it into Floors.order or Floors.outside"
    }
    if let known = Floors.secluded[file.room], !known.contains(module) {
      return "\(file.room) knows \(known.isEmpty ? "no other room" : known.joined(separator: ", "))"
    }
    return other < place ? nil : "\(module) does not lie below \(file.room)"
  }

  @Test("imports point down, and what few may see is seen by few")
  func imports() throws {
    let files = try SourceFile.all()
    #expect(faults(files) == [])
    let rooms = Set(files.map(\.room))
    #expect(Floors.rooms.filter { !rooms.contains($0) } == [], "rooms without a file")
    #expect(files.contains { !$0.imports.isEmpty })
  }

  @Test(
    "an import that breaks the order is found, however it is written",
    arguments: [
      ("Engines/A.swift", "import Networks"), ("Networks/A.swift", "public import FlowMaps"),
      ("FlowMaps/A.swift", "@testable import FlowMaps"), ("Tensors/A.swift", "import Foundation"),
      ("Tensors/A.swift", "internal import Files"), ("Probing/A.swift", "import CGSL"),
      ("Runs/A.swift", "internal import CPNG"),
      ("Plotting/A.swift", "import struct FlowMaps.FlowMap"),
      ("Networks/A.swift", "internal import CKernels"), ("Cellar/A.swift", ""),
      ("Theory/A.swift", "  private import Cellar"), ("Theory/A.swift", "import ArgumentParser"),
    ])
  func broken(path: String, line: String) {
    #expect(faults([SourceFile(path: path, text: "// import Files\n\(line)\n")]).count == 1)
  }

  @Test(
    "an import that keeps the order passes",
    arguments: [
      ("FlowMaps/A.swift", "public import Networks"), ("Plotting/A.swift", "import Files"),
      ("Training/Optimizers/A.swift", "internal import CKernels"),
      ("Walkthroughs/01.swift", "import enum Theory.Claim\nimport Foundation"),
    ])
  func kept(path: String, text: String) {
    #expect(faults([SourceFile(path: path, text: text)]) == [])
  }
}

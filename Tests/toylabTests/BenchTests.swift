// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct BenchTests {
  private func bench(_ arguments: String...) throws -> Bench {
    try #require(try Toylab.parseAsRoot(["bench"] + arguments) as? Bench)
  }

  @Test("without options every item is measured on one thread and on all cores")
  func defaults() throws {
    let command = try bench()
    #expect(try command.selectedItems() == BenchmarkItem.standard)
    #expect(try Set(command.threadCounts()) == [1, ThreadOptions.processorCount])
    #expect(command.json == nil && command.repetitions == 7)
  }

  @Test("lists keep their order; a count given twice counts once")
  func lists() throws {
    let command = try bench("--items", "hvp-64,isd-64@256", "--threads", "2,1,2", "--json")
    #expect(try command.selectedItems().map(\.name) == ["hvp-64", "isd-64@256"])
    #expect(try command.threadCounts() == [2, 1])
    #expect(command.json == "-")
  }

  @Test("an unknown item is refused with the nearest name")
  func unknownItem() throws {
    let command = try bench("--items", "isd-64,evp-64")
    let error = #expect(throws: UnknownBenchmarkError.self) { try command.run() }
    #expect(try #require(error).description.contains("Did you mean"))
  }

  @Test(
    "values that cannot be used are refused",
    arguments: [
      ["--threads", "0"], ["--threads", "1,,2"], ["--threads", "two"], ["--repetitions", "0"],
      ["--growth", "--peer"], ["--growth", "--items", "isd-64"], ["--peer", "--json"],
    ])
  func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(["bench"] + arguments) }
  }

  @Test("results go to a file as JSON; a place that cannot be is refused first")
  func jsonFile() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/results.json"
      let command = try bench(
        "--items", "isd-8@16", "--threads", "1", "--repetitions", "1", "--json", path)
      try command.run()
      let data = try #require(FileManager.default.contents(atPath: path))
      let object = try #require(
        try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(Set(object.keys) == ["machine", "peakMemoryBytes", "items"])
      let items = try #require(object["items"] as? [[String: Any]])
      #expect(items.count == 1)
      #expect(
        Set(items[0].keys) == [
          "name", "threads", "medianMs", "minMs", "gflops", "fmaShare", "programBytes",
        ])
      // No folder can be made where a file stands.
      let misplaced = try bench("--items", "isd-8@16", "--json", "\(path)/none/results.json")
      #expect(throws: FileError.self) { try misplaced.run() }
    }
  }

  @Test("a peer that is not there is a typed error")
  func noPeer() throws {
    let command = try bench("--items", "isd-8@16", "--peer", "--peer-script", "none.py")
    #expect(throws: PeerError.noScript(path: "none.py")) { try command.run() }
  }
}

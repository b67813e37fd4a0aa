// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct CheckpointFileTests {
  private var contents: SafeTensors {
    var file = SafeTensors(metadata: ["format": "toylab-1", "step": "7", "statistics": "{\"a\":1}"])
    file.setVector("parameters/a", (0..<50).map { Float($0) / 7 })
    file.setVector("averages/average.0.9", (0..<9).map { Double($0) / 3 })
    return file
  }

  @Test("a checkpoint reads back as it was, with the name of its run")
  func roundTrip() throws {
    let data = CheckpointFile.encoded(contents, of: "0123")
    let file = try CheckpointFile(data, path: "x", of: "0123")
    #expect(file.contents.tensors == contents.tensors)
    #expect(file.contents.metadata["run"] == "0123" && file.contents.metadata["step"] == "7")
    #expect(CheckpointFile.encoded(contents, of: "0123") == data)
    // Sealing what was read from a sealed file gives the same file.
    #expect(CheckpointFile.encoded(file.contents, of: "0123") == data)
  }

  @Test("every flipped bit is found")
  func flips() {
    let data = CheckpointFile.encoded(contents, of: "0123")
    var found = 0
    for bit in 0..<8 * data.count {
      var flipped = data
      flipped[bit / 8] ^= 1 << (bit % 8)
      do {
        _ = try CheckpointFile(flipped, path: "x")
      } catch {
        if case .damaged = error { found += 1 }
      }
    }
    #expect(found == 8 * data.count)
  }

  @Test("a file that is cut short at any place is damaged")
  func cutShort() {
    let data = CheckpointFile.encoded(contents, of: "0123")
    for length in 0..<data.count {
      let error = #expect(throws: CheckpointFileError.self) {
        try CheckpointFile(data.prefix(length), path: "x")
      }
      guard case .damaged = error else {
        Issue.record("\(length) bytes")
        return
      }
    }
  }

  @Test(
    "the checkpoint of another run is refused; one that names none, or where none is asked for, is read"
  )
  func foreign() throws {
    let data = CheckpointFile.encoded(contents, of: "0123")
    let error = #expect(
      throws: CheckpointFileError.foreign(path: "x", run: "0123", expected: "4567")
    ) {
      try CheckpointFile(data, path: "x", of: "4567")
    }
    #expect(error?.description.contains("not of the run 4567") == true)
    _ = try CheckpointFile(data, path: "x")
    _ = try CheckpointFile(CheckpointFile.encoded(contents, of: nil), path: "x", of: "4567")
  }

  @Test("a checkpoint from before there were checksums is read")
  func unsealed() throws {
    let file = try CheckpointFile(contents.encoded(), path: "x", of: "4567")
    #expect(file.contents == contents)
  }

  @Test("a sound file of another form is told from a damaged one")
  func form() throws {
    var later = CheckpointFile.encoded(contents, of: nil)
    let place = try #require(later.range(of: Data("toylab-2".utf8)))
    later.replaceSubrange(place, with: Data("toylab-7".utf8))
    let error = #expect(throws: CheckpointFileError.self) { try CheckpointFile(later, path: "x") }
    guard case .damaged = error else {
      Issue.record("a form changed by hand passes for a later one")
      return
    }
    let digits = try #require(later.range(of: Data("\"checksum\":\"".utf8))).upperBound
    var blank = later
    blank.replaceSubrange(digits..<digits + 16, with: Data(String(repeating: "0", count: 16).utf8))
    later.replaceSubrange(digits..<digits + 16, with: Data(Fingerprint(blank).text.utf8))
    #expect(throws: CheckpointFileError.form(path: "x", name: "toylab-7")) {
      try CheckpointFile(later, path: "x")
    }
  }
}

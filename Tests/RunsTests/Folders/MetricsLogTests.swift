// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import Probing
@testable import Runs

@Suite struct MetricsLogTests {
  private func write(_ steps: [Int], to path: String) throws {
    let log = MetricsLog(try OpenFile(path, .append))
    for step in steps {
      try log.append(MetricsRow(step: step, values: [("loss", 1 / Double(step + 1)), ("a\"b", 2)]))
    }
  }

  @Test("Rows are lines of JSON with the shortest exact numbers, in the order given")
  func format() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/metrics.jsonl"
      let log = MetricsLog(try OpenFile(path, .append))
      try log.append(MetricsRow(step: 0, values: [("loss", 0.1), ("gradient norm", .nan)]))
      try log.append(MetricsRow(step: 10, values: [("b", 1e-5), ("a", -3)]))
      #expect(
        text(at: path) == """
          {"step":0,"loss":0.1,"gradient norm":"nan"}
          {"step":10,"b":1e-05,"a":-3.0}

          """)
    }
  }

  @Test("Rows read back with their bits")
  func reading() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/metrics.jsonl"
      try write([0, 2], to: path)
      let rows = try MetricsLog.rows(at: path)
      #expect(rows.map(\.step) == [0, 2])
      #expect(rows[1]["loss"] == 1 / 3.0)
      #expect(rows[1]["a\"b"] == 2)
      #expect(rows[1]["none"] == nil && rows[1]["step"] == nil)
      try MetricsLog(OpenFile(path, .append)).append(
        MetricsRow(step: 3, values: [("loss", .infinity)]))
      #expect(try MetricsLog.rows(at: path)[2]["loss"] == .infinity)
    }
  }

  @Test("Truncation keeps the rows up to a step, bit for bit, and drops a torn last line")
  func truncation() throws {
    try withTemporaryFolder { folder in
      let (path, shorter) = ("\(folder)/a.jsonl", "\(folder)/b.jsonl")
      try write([0, 5, 10, 10, 15, 20], to: path)
      try write([0, 5, 10, 10], to: shorter)
      let file = try OpenFile(path, .append)
      try file.write(Data("{\"step\":9,\"lo".utf8))
      #expect(try MetricsLog.rows(at: path).count == 6)
      try MetricsLog.truncate(path, toStep: 12)
      #expect(text(at: path) == text(at: shorter))
      try MetricsLog.truncate(path, toStep: -1)
      #expect(text(at: path) == "")
    }
  }

  @Test("A line that is no row is refused by its number, and the file stays as it is")
  func foreignLine() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/metrics.jsonl"
      let foreign = "{\"step\":1}\nhello\n{\"step\":2}\n"
      try AtomicFile.write(Data(foreign.utf8), to: path)
      #expect(throws: RunFolderError.metrics(path: path, line: 2)) {
        try MetricsLog.truncate(path, toStep: 1)
      }
      #expect(throws: RunFolderError.metrics(path: path, line: 2)) {
        _ = try MetricsLog.rows(at: path)
      }
      #expect(text(at: path) == foreign)
    }
  }

  #if os(Linux)
    @Test("A full disk is reported by the row that does not fit")
    func fullDisk() throws {
      let log = MetricsLog(try OpenFile("/dev/full", .append))
      #expect(throws: FileError(.write, "/dev/full", code: ENOSPC)) {
        try log.append(MetricsRow(step: 0, values: []))
      }
    }
  #endif
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
import Foundation
public import Probing

/// A file to which rows of metrics are appended, one JSON object a line (`metrics.jsonl`).
///
/// A row is written whole: a write that fails part-way, as on a full disk, is taken back.
public struct MetricsLog: ~Copyable {
  private var file: OpenFile

  /// The log in a file that was opened for appending.
  public init(_ file: consuming OpenFile) { self.file = file }

  /// Appends a row; it is with the system when the call returns, and survives an end of the
  /// process.
  ///
  /// - Throws: ``FileError``; the file then ends with the row before.
  public func append(_ row: MetricsRow) throws(FileError) {
    let length = try file.length()
    do {
      try file.write(Data(row.line.utf8))
    } catch {
      try? file.truncate(to: length)
      throw error
    }
  }

  /// Whether the file was removed, so that its rows are lost.
  var isRemoved: Bool { file.isRemoved }

  /// Waits until all rows have reached the device.
  public func flush() throws(FileError) { try file.flush() }

  /// Closes the file.
  public mutating func close() throws(FileError) { try file.close() }
}

extension MetricsLog {
  /// The rows of a metrics file, in order; `null`, which older files hold for what is not finite, is read as NaN.
  ///
  /// - Throws: ``FileError``, or ``RunFolderError/metrics(path:line:)`` for a line that is no row.
  public static func rows(at path: String) throws -> [MetricsRow] {
    try lines(at: path).enumerated().map { index, line in
      guard
        let object = try? JSON.decode([String: Double?].self, from: Data(line.utf8)),
        let step = step(of: line)
      else { throw RunFolderError.metrics(path: path, line: index + 1) }
      let names = object.keys.filter { $0 != "step" }.sorted()
      return MetricsRow(
        step: step, values: names.map { ($0, (object[$0] ?? nil) ?? .nan) })
    }
  }

  /// Removes the rows of steps after `step`, and a last line that has no end; the file is replaced
  /// in one step (see ``AtomicFile``).
  ///
  /// - Throws: ``FileError``, or ``RunFolderError/metrics(path:line:)`` for a line that is no row.
  public static func truncate(_ path: String, toStep step: Int) throws {
    var kept = ""
    for (index, line) in try lines(at: path).enumerated() {
      guard let found = self.step(of: line) else {
        throw RunFolderError.metrics(path: path, line: index + 1)
      }
      if found <= step { kept += line + "\n" }
    }
    try AtomicFile.write(Data(kept.utf8), to: path)
  }

  /// Whether there is a row of a step after 0, or a line that is no row.
  ///
  /// - Throws: ``FileError``.
  static func holdsStep(_ path: String) throws -> Bool {
    try lines(at: path).contains { step(of: $0) != 0 }
  }

  /// The lines that are complete, without their ends.
  private static func lines(at path: String) throws -> [Substring] {
    let text = String(decoding: try FileSystem.contents(of: path), as: UTF8.self)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  /// The step is the first field of every row, so that finding it needs no JSON decoder.
  private static func step(of line: Substring) -> Int? {
    let prefix = "{\"step\":"
    guard line.hasPrefix(prefix), line.hasSuffix("}") else { return nil }
    return Int(line.dropFirst(prefix.count).prefix { $0 == "-" || $0.isNumber })
  }
}

extension MetricsRow {
  /// The row as one line of JSON with its line end.
  ///
  /// Numbers have the fewest digits that read back as the same bits; what is not finite is text (see ``JSON``).
  var line: String {
    let fields = values.map { ",\(jsonString($0.name)):\(JSON.number($0.value))" }
    return "{\"step\":\(step)\(fields.joined())}\n"
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// A table of finite numbers from a text file (CSV).
///
/// Cells are separated by commas, by tabs, or by blanks as `numpy.savetxt` writes them; the first line that is neither
/// empty nor a comment (`#`) decides which. It holds the names of the columns if no cell of it is a number. Numbers
/// have a decimal point, whatever the locale. Lines end with LF, CR LF or CR; a byte order mark is passed over.
public struct DelimitedText: Sendable {
  /// What stands between the cells of a line.
  public enum Separator: String, Sendable, Hashable, CaseIterable {
    case comma, tab, blanks
  }

  /// The names of the columns, nil if the file has none.
  public let columnNames: [String]?

  /// How many cells a row has, at least one.
  public let columnCount: Int

  /// The numbers, row after row.
  public let values: [Double]

  /// What separates the cells.
  public let separator: Separator

  /// The rows before which the file skips lines, with their own lines.
  private let lineRuns: [(row: Int, line: Int)]

  /// How many rows there are, at least one.
  public var rowCount: Int { values.count / columnCount }

  /// Reads and checks a file.
  ///
  /// - Throws: ``FileError`` if it cannot be read, ``DelimitedTextError`` if it is not a table of finite numbers.
  public init(contentsOf path: String) throws {
    let data = try FileSystem.contents(of: path)
    try self.init(data: data, path: path)
  }

  /// Reads and checks the bytes of a file.
  ///
  /// - Parameter path: Names the file in errors.
  public init(data: Data, path: String) throws(DelimitedTextError) {
    let kind = FileKind(of: data)
    switch kind {
    case .text: break
    case .empty: throw DelimitedTextError(path: path, problem: .empty)
    default: throw DelimitedTextError(path: path, problem: .wrongKind(kind))
    }
    self = try data.withUnsafeBytes { bytes in
      Result { () throws(DelimitedTextError) in
        try DelimitedTextScanner.table(bytes.bindMemory(to: UInt8.self), path: path)
      }
    }.get()
  }

  init(
    columnNames: [String]?, columnCount: Int, values: [Double], separator: Separator,
    lineRuns: [(row: Int, line: Int)]
  ) {
    self.columnNames = columnNames
    self.columnCount = columnCount
    self.values = values
    self.separator = separator
    self.lineRuns = lineRuns
  }

  /// The line of the file that holds a row, from 1; for messages about its values.
  public func line(ofRow row: Int) -> Int {
    precondition((0..<rowCount).contains(row), "There is no row \(row) among \(rowCount).")
    var (low, high) = (0, lineRuns.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineRuns[middle].row <= row { low = middle } else { high = middle }
    }
    return lineRuns[low].line + row - lineRuns[low].row
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why a file was refused as a table of numbers.
public struct DelimitedTextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong. Texts are excerpts of the file, in quotes.
  public enum Problem: Sendable, Hashable {
    /// The file is something else.
    case wrongKind(FileKind)
    /// The bytes are not text in UTF-8.
    case notUTF8
    /// There is no line with contents.
    case empty
    /// There are names of columns and nothing else.
    case noRows
    /// Cells are separated by semicolons.
    case semicolons(String)
    /// Numbers are written with a decimal comma.
    case decimalCommas(String)
    /// A cell holds nothing.
    case emptyCell
    /// A cell holds something else than a number.
    case notANumber(String)
    /// A cell holds a NaN or an infinity.
    case notFinite(String)
    /// A number is larger than any double.
    case overflow(String)
    /// A line has another number of cells than the first.
    case ragged(found: Int, expected: Int, firstLine: Int)
    /// Two columns have the same name.
    case repeatedName(String)
    /// A name begins with a quotation mark, and no second one ends it.
    case unterminatedName(String)
  }

  /// The file.
  public let path: String

  /// The line concerned, from 1, if it is one.
  public let line: Int?

  /// The column of the table concerned, from 1, if it is one.
  public let column: Int?

  /// What is wrong.
  public let problem: Problem

  /// An error about a file and possibly a place in it.
  public init(path: String, line: Int? = nil, column: Int? = nil, problem: Problem) {
    self.path = path
    self.line = line
    self.column = column
    self.problem = problem
  }

  public var description: String {
    let place = [path, line.map { "line \($0)" }, column.map { "column \($0)" }]
    return "\(place.compactMap(\.self).joined(separator: ", ")): \(problem)."
  }
}

extension DelimitedTextError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongKind(let kind):
      "this is \(kind), where a table in text (CSV) is expected: \(Self.accepted)"
    case .notUTF8:
      "the bytes here are not text in UTF-8; save the table in that encoding"
    case .empty:
      "the file holds no line of numbers; expected is a table: \(Self.accepted)"
    case .noRows:
      "names of columns are followed by no row of numbers"
    case .semicolons(let text):
      "semicolons separate the cells of \(text); accepted is a table with \(Self.accepted)"
    case .decimalCommas(let text):
      "\(text) has a decimal comma; accepted is a table with \(Self.accepted)"
    case .emptyCell:
      "the cell is empty; every cell must hold a number such as -1.5e3"
    case .notANumber(let text):
      "\(text) is not a number; accepted are numbers such as -1.5e3, unquoted, and names of columns "
        + "in the first line if it holds no number"
    case .notFinite(let text):
      "\(text) is not finite; every cell must hold a finite number"
    case .overflow(let text):
      "\(text) is larger than any double; accepted are magnitudes up to "
        + "\(Double.greatestFiniteMagnitude)"
    case .ragged(let found, let expected, let firstLine):
      "the line has \(Self.cells(found)), but line \(firstLine) has \(expected); every line must "
        + "have as many"
        + (found == 2 * expected ? ", and a decimal comma is read as two cells" : "")
    case .repeatedName(let text):
      "the name \(text) belongs to a column before; every column needs its own"
    case .unterminatedName(let text):
      "the quotation mark that opens \(text) is not closed on its line, or text follows it"
    }
  }

  private static let accepted =
    "commas, tabs or blanks between the cells, and numbers with a decimal point"

  private static func cells(_ count: Int) -> String { count == 1 ? "1 cell" : "\(count) cells" }
}

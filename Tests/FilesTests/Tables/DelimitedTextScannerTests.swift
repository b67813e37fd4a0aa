// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct DelimitedTextScannerTests {
  private func table(_ text: String) throws(DelimitedTextError) -> DelimitedText {
    try DelimitedText(data: Data(text.utf8), path: "a.csv")
  }

  @Test(
    "the same table is read whatever separates its cells and ends its lines",
    arguments: [
      "1.5,-2\n3,4e1\n", "1.5,-2\r\n3,4e1\r\n", "1.5,-2\r3,4e1", "\u{FEFF}1.5,-2\n3,4e1",
      "1.5\t-2\n3\t4e1", " 1.5 , -2\t\n3,\t4e1 ", "1.5 -2\n3 4e1", "  1.5   -2 \n 3 \t 4e1",
      "# a comment; with, marks\n1.5,-2\n\n  \n#\n3,40\n\n", "1.500000000000000000e+00 -2\n3 +40.",
      "1.5,-2\n\t# c\n3,40", "+1.5\t -2 \n3 \t40", "1.5,-2\n\r\n\r\r3,40",
    ])
  func forms(text: String) throws {
    let table = try table(text)
    #expect(table.values == [1.5, -2, 3, 40])
    #expect(table.columnCount == 2 && table.columnNames == nil)
  }

  @Test("one column needs no separator")
  func oneColumn() throws {
    let table = try table("label\n0\n1\n2")
    #expect(table.columnNames == ["label"] && table.values == [0, 1, 2] && table.columnCount == 1)
  }

  @Test("numbers keep all their bits")
  func bits() throws {
    let values = [
      0.1, -0.0, 1 / 3.0, .leastNonzeroMagnitude, 1.7976931348623157e308, 123_456_789.123_456_78,
    ]
    let table = try table(values.map(\.description).joined(separator: ","))
    #expect(table.values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  private static let refused: [(String, Int?, Int?, DelimitedTextError.Problem)] = [
    ("x,y\n1,2\n3,abc\n", 3, 2, .notANumber("\"abc\"")),
    ("1,abc\n", 1, 2, .notANumber("\"abc\"")),
    ("1,\"2\"\n", 1, 2, .notANumber("\"\"2\"\"")),
    ("1,2\n3 4,5\n", 2, 1, .notANumber("\"3 4\"")),
    ("1,2 # end", 1, 2, .notANumber("\"2 # end\"")),
    ("1,2\n3,4,5\n", 2, 3, .ragged(found: 3, expected: 2, firstLine: 1)),
    ("# c\nx,y\n1,2\n3\n", 4, 2, .ragged(found: 1, expected: 2, firstLine: 2)),
    ("1 2\n3 4 abc", 2, 3, .ragged(found: 3, expected: 2, firstLine: 1)),
    ("x,y\n1,5,2,5", 2, 3, .ragged(found: 4, expected: 2, firstLine: 1)),
    ("1,2\n3,\n", 2, 2, .emptyCell), ("1,,2", 1, 2, .emptyCell), ("1\t2\n\t4", 2, 1, .emptyCell),
    ("1,2\n3,NaN", 2, 2, .notFinite("\"NaN\"")), ("nan,nan", 1, 1, .notFinite("\"nan\"")),
    ("1,-inf", 1, 2, .notFinite("\"-inf\"")), ("Infinity 1", 1, 1, .notFinite("\"Infinity\"")),
    ("1,1.#QNAN", 1, 2, .notFinite("\"1.#QNAN\"")),
    ("1\n1e400", 2, 1, .overflow("\"1e400\"")), ("-1e999,1", 1, 1, .overflow("\"-1e999\"")),
    ("1;2\n3;4", 1, nil, .semicolons("\"1;2\"")), ("x;y\n1;2", 1, nil, .semicolons("\"x;y\"")),
    ("1,5;2,5", 1, nil, .semicolons("\"1,5;2,5\"")), ("x,y\n1;2", 2, 1, .semicolons("\"1;2\"")),
    ("x\n1;2", 2, 1, .semicolons("\"1;2\"")),
    ("1,5\t2,5", 1, nil, .decimalCommas("\"1,5\\t2,5\"")),
    ("1,5 -2,5e3", 1, nil, .decimalCommas("\"1,5 -2,5e3\"")),
    ("x\ty\n1,5\t2", 2, 1, .decimalCommas("\"1,5\\t2\"")),
    ("x,y\n1,5 2,5", 2, 2, .decimalCommas("\"1,5 2,5\"")),
    ("x\n1,5", 2, 1, .decimalCommas("\"1,5\"")),
    ("\"1,5\",\"2,5\"", 1, 1, .decimalCommas("\"\"1,5\"\"")),
    ("\n# only comments\n", nil, nil, .empty), ("  \r\n", nil, nil, .empty), ("", nil, nil, .empty),
    ("x,y\n", 1, nil, .noRows), ("# c\n\"x\",\"y\"\n# c\n", 2, nil, .noRows),
    ("x,y,x\n1,2,3", 1, 3, .repeatedName("\"x\"")),
    ("\"x,y\n1,2", 1, 1, .unterminatedName("\"\"x,y\"")),
    ("a,\"x\"y,b\n1,2,3", 1, 2, .unterminatedName("\"\"x\"y,b\"")),
  ]

  @Test("what is no table of numbers is refused with its place", arguments: refused)
  func refusals(
    text: String, line: Int?, column: Int?, problem: DelimitedTextError.Problem
  ) {
    let expected = DelimitedTextError(path: "a.csv", line: line, column: column, problem: problem)
    #expect(throws: expected) { try table(text) }
  }

  @Test("text in another encoding is refused with its line")
  func encoding() {
    let data = Data("x,y\r\n1,2\r\n# Gr".utf8 + [0xFC, 0xDF, 0x65])
    #expect(throws: DelimitedTextError(path: "a", line: 3, problem: .notUTF8)) {
      try DelimitedText(data: data, path: "a")
    }
  }
}

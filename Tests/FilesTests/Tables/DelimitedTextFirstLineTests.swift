// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct DelimitedTextFirstLineTests {
  private func table(_ text: String) throws(DelimitedTextError) -> DelimitedText {
    try DelimitedText(data: Data(text.utf8), path: "a.csv")
  }

  @Test(
    "the first line names the columns if it holds no number",
    arguments: [
      ("x,y\n1,2", ["x", "y"]), (" x , y z\n1,2", ["x", "y z"]), ("x\ty z\n1\t2", ["x", "y z"]),
      ("x y\n1 2", ["x", "y"]), ("\u{FEFF}\"x\",\"y\"\n1,2", ["x", "y"]), (",y\n1,2", ["", "y"]),
      ("\"a, \"\"b\"\"; c\",é\r\n1,2", ["a, \"b\"; c", "é"]), ("\"x y\" z\n1 2", ["x y", "z"]),
      ("\"x\"\t\"y\"\n1\t2", ["x", "y"]), ("\tb\n1\t2", ["", "b"]),
      ("\"x\" , \"y\" \n1,2", ["x", "y"]),
      ("# 1,2\nx1,2y\n1,2", ["x1", "2y"]),
    ])
  func names(text: String, names: [String]) throws {
    let table = try table(text)
    #expect(table.columnNames == names)
    #expect(table.values == [1, 2])
  }

  @Test(
    "the separator is that of the first line with contents",
    arguments: [
      ("# 1;2\t3\n1,2", .comma), ("\"a\tb\",c\n1,2", .comma), ("\"a,b\"\tc\n1\t2", .tab),
      ("1 2", .blanks),
      ("1\t 2", .tab), ("\"a;b,c\"  d\n1 2", .blanks),
    ] as [(String, DelimitedText.Separator)])
  func separators(text: String, separator: DelimitedText.Separator) throws {
    let table = try table(text)
    #expect(table.separator == separator && table.values == [1, 2])
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct DelimitedTextErrorTests {
  private func message(_ text: String) -> String? {
    do {
      _ = try DelimitedText(data: Data(text.utf8), path: "points.csv")
      return nil
    } catch {
      return error.description
    }
  }

  @Test("a message names the file, the place, the text and what is accepted")
  func messages() {
    #expect(
      message("x,y\n1,2\n3,abc\n")
        == "points.csv, line 3, column 2: \"abc\" is not a number; accepted are numbers such as "
        + "-1.5e3, unquoted, and names of columns in the first line if it holds no number.")
    #expect(
      message("1;2")
        == "points.csv, line 1: semicolons separate the cells of \"1;2\"; accepted is a table with "
        + "commas, tabs or blanks between the cells, and numbers with a decimal point.")
    #expect(
      message("x,y\n1,5,2,5")
        == "points.csv, line 2, column 3: the line has 4 cells, but line 1 has 2; every line must "
        + "have as many, and a decimal comma is read as two cells.")
    #expect(
      message("[1]")
        == "points.csv: this is a JSON file, where a table in text (CSV) is expected: commas, tabs "
        + "or blanks between the cells, and numbers with a decimal point.")
    #expect(
      message("1e400")
        == "points.csv, line 1, column 1: \"1e400\" is larger than any double; accepted are "
        + "magnitudes up to 1.7976931348623157e+308.")
  }

  @Test("a long text is shortened")
  func longText() throws {
    let text = try #require(message("1," + String(repeating: "x", count: 100_000)))
    #expect(text.utf8.count < 250 && text.contains("xxx...\""))
  }
}

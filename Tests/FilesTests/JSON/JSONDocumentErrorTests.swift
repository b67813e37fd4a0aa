// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct JSONDocumentErrorTests {
  private func message(_ text: String) -> String? {
    do {
      _ = try JSONDocument(data: Data(text.utf8), path: "run.json")
      return nil
    } catch {
      return error.description
    }
  }

  @Test("a message names the file, the place, the key, the text and what is accepted")
  func messages() {
    #expect(
      message("{\"training\": {\"steps\": 1,\n  \"steps\": 2}}")
        == "run.json, line 2, column 3, at training.steps: the key \"steps\" is given a second time, "
        + "the first is in line 1; give every key once.")
    #expect(
      message("{\"rates\": [1, 1e400]}")
        == "run.json, line 1, column 15, at rates[1]: \"1e400\" is larger than any double; accepted "
        + "are magnitudes up to 1.7976931348623157e+308.")
    #expect(
      message("x,y\n1,2\n")
        == "run.json, line 1, column 1: found \"x\", where a value (an object, an array, a number, a "
        + "text in double quotes, true, false or null) is expected.")
    #expect(
      message("{\"a\": [1, 2,]}")
        == "run.json, line 1, column 12, at a[1]: a comma stands before \"]\"; remove it, commas "
        + "stand only between values.")
    #expect(
      message("{\"a\": 1")?.hasSuffix("the file ends, where a comma or \"}\" is expected.") == true)
    #expect(message("")?.hasPrefix("run.json: this is an empty file") == true)
  }

  @Test("a long text is shortened")
  func longText() throws {
    let text = try #require(message("[\"" + String(repeating: "x", count: 100_000)))
    #expect(text.utf8.count < 250 && text.contains("xxx...\""))
  }
}

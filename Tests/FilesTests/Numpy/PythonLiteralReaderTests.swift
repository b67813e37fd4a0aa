// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Files

@Suite struct PythonLiteralReaderTests {
  @Test("literals are read one after another")
  func literals() throws {
    var reader = PythonLiteralReader(" 'a' True\tFalse (1, 2,) () [ \n".utf8)
    #expect(try reader.string() == "a")
    #expect(try reader.bool())
    #expect(try !reader.bool())
    #expect(try reader.tuple(limit: 2) == [1, 2])
    #expect(try reader.tuple(limit: 2) == [])
    #expect(reader.isNext("[") && !reader.skips("(") && reader.skips("["))
    try reader.expectEnd()
  }

  @Test("a tuple has a limit")
  func limit() {
    var reader = PythonLiteralReader("(1, 2, 3)".utf8)
    #expect(throws: NumpyArrayError.Problem.shape([1, 2, 3])) { try reader.tuple(limit: 2) }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Files

@Suite struct NumpyHeaderTests {
  private func problem(_ text: String) -> NumpyArrayError.Problem? {
    do {
      _ = try NumpyHeader(text.utf8)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "a header is read in any order, with or without the last comma, in either quotes",
    arguments: [
      "{'descr': '>i4', 'fortran_order': True, 'shape': (2, 3), }   \n",
      "{'shape': (2,3), 'fortran_order': True, 'descr': '>i4'}",
      "{\"descr\": \">i4\", \"shape\": (2L, 3L), \"fortran_order\": True}",
    ])
  func forms(text: String) throws {
    let header = try NumpyHeader(text.utf8)
    #expect(header.elementType == .int32 && header.isBigEndian && header.isColumnMajor)
    #expect(header.shape == [2, 3])
  }

  @Test(
    "types of other kinds are refused by name",
    arguments: [
      ("complex", .elementType("\"<c16\", complex numbers")),
      ("text", .elementType("\"<U2\", text")), ("bytes", .elementType("\"|S2\", text")),
      ("dates", .elementType("\"<M8[D]\", dates")),
      ("durations", .elementType("\"<m8[s]\", durations")),
      ("long-double", .elementType("\"<f16\", floating-point numbers of another size")),
      ("raw", .elementType("\"|V2\", raw bytes")), ("objects", .pickled),
      ("structured", .structured("\"[('x', '<f8'), ('y', '<i4')], 'fortran_o...\"")),
    ] as [(String, NumpyArrayError.Problem)])
  func otherTypes(name: String, problem: NumpyArrayError.Problem) throws {
    let path = try NumpyFixture.path(name)
    #expect(throws: NumpyArrayError(path: path, problem: problem)) {
      try NumpyArray(contentsOf: path)
    }
  }

  @Test("a type of several bytes must state their order")
  func byteOrder() {
    #expect(problem(NumpyFixture.header("f8", "False", "()")) == .byteOrder("\"f8\""))
    #expect(problem(NumpyFixture.header("|i4", "False", "()")) == .byteOrder("\"|i4\""))
    #expect(problem(NumpyFixture.header("=f4", "False", "()")) == .byteOrder("\"=f4\""))
    #expect(problem(NumpyFixture.header("|u1", "False", "()")) == nil)
    #expect(
      problem(NumpyFixture.header("float64", "False", "()"))
        == .elementType("\"float64\", floating-point numbers of another size"))
    #expect(problem(NumpyFixture.header("", "False", "()")) == .elementType("\"\""))
  }

  @Test(
    "a malformed header is refused with what is wrong",
    arguments: [
      ("", "expected '{' at \"\""), ("{", "expected text in quotes at \"\""),
      ("{}", "the entry \"descr\" is missing"),
      ("{'descr': '<f8', 'shape': ()}", "the entry \"fortran_order\" is missing"),
      ("{'descr': '<f8', 'fortran_order': False}", "the entry \"shape\" is missing"),
      ("{'descr': '<f8', 'descr': '<f8'}", "the entry \"descr\" occurs twice"),
      ("{'order': 1}", "there is an entry \"order\""),
      ("{'descr' '<f8'}", "expected ':' at \"'<f8'}\""),
      ("{'descr': 8}", "expected text in quotes at \"8}\""),
      ("{'descr': '<f8}", "expected the end of the text at \"'<f8}\""),
      ("{'fortran_order': 0}", "expected True or False at \"0}\""),
      ("{'shape': 3}", "expected '(' at \"3}\""),
      ("{'shape': (3)}", "expected ',' in the shape before this at \"}\""),
      ("{'shape': (3 4)}", "expected ',' or ')' at \"4)}\""),
      ("{'shape': (-3,)}", "expected a whole number, zero or more, at \"-3,)}\""),
      ("{'shape': (,)}", "expected a whole number, zero or more, at \",)}\""),
      (
        "{'shape': (99999999999999999999,)}",
        "the extent \"99999999999999999999\" cannot be counted"
      ),
      ("{'shape': () 'descr'}", "expected '}' at \"'descr'}\""),
      ("{'shape': ()} x", "expected the end at \"x\""),
    ])
  func malformed(text: String, detail: String) {
    #expect(problem(text) == .malformedHeader(detail))
  }
}

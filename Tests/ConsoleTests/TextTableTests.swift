// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Testing

@Suite struct TextTableTests {
  @Test("columns are as wide as their widest cell, the first flush left")
  func columns() {
    let table = textTable(["name", "v"], [["a", "10"], ["longer", "‖∇f‖²"]])
    #expect(
      table == """
        name         v
        --------------
        a           10
        longer   ‖∇f‖²
        """)
  }

  @Test("a table without rows is its header and a rule")
  func empty() { #expect(textTable(["a", "b"], []) == "a   b\n-----") }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Markup")
struct MarkupTests {
  private func upright(_ text: String) -> Markup.Atom { .text(text, italic: false) }
  private func italic(_ text: String) -> Markup.Atom { .text(text, italic: true) }

  @Test("Plain text is one piece for each word")
  func plain() throws {
    #expect(try Markup.parse("training step") == [upright("training"), .space, upright("step")])
    #expect(try Markup.parse("") == [])
  }

  @Test("A bare script takes one character, braces take several")
  func scripts() throws {
    #expect(
      try Markup.parse("x_tb") == [
        upright("x"), .scripts(subscript: [upright("t")], superscript: []), upright("b"),
      ])
    #expect(
      try Markup.parse("10^{-3}") == [
        upright("10"), .scripts(subscript: [], superscript: [upright("\u{2212}3")]),
      ])
  }

  @Test("A subscript and a superscript stand above each other, in either order")
  func bothScripts() throws {
    let both = Markup.Atom.scripts(subscript: [upright("i")], superscript: [upright("2")])
    #expect(try Markup.parse("y_i^2") == [upright("y"), both])
    #expect(try Markup.parse("y^2_i") == [upright("y"), both])
  }

  @Test("Scripts nest")
  func nested() throws {
    #expect(
      try Markup.parse("e^{x_t}") == [
        upright("e"),
        .scripts(
          subscript: [],
          superscript: [upright("x"), .scripts(subscript: [upright("t")], superscript: [])]),
      ])
  }

  @Test("Mathematics slants single letters and keeps words upright")
  func mathematics() throws {
    #expect(
      try Markup.parse("$tr(\\Sigma f)$") == [
        upright("tr(\u{03A3}"), italic("f"), upright(")"),
      ])
    #expect(
      try Markup.parse("$x_t$") == [
        italic("x"), .scripts(subscript: [italic("t")], superscript: []),
      ])
    #expect(try Markup.parse("$A'-1$") == [italic("A"), upright("\u{2032}\u{2212}1")])
  }

  @Test("A space after a symbol ends its name in mathematics, and stays around relations")
  func spaces() throws {
    #expect(try Markup.parse("$\\nabla f$") == [upright("\u{2207}"), italic("f")])
    #expect(
      try Markup.parse("$s \\le t$") == [
        italic("s"), .space, upright("\u{2264}"), .space, italic("t"),
      ])
    #expect(try Markup.parse("\\sigma x") == [upright("\u{03C3}"), .space, upright("x")])
  }

  @Test("Braces end a command's name")
  func braces() throws {
    #expect(try Markup.parse("\\sigma{}x") == [upright("\u{03C3}x")])
  }

  @Test("Accents and bold take an argument")
  func arguments() throws {
    #expect(try Markup.parse("$\\hat{v}$") == [.accent("\u{02C6}", [italic("v")])])
    #expect(try Markup.parse("\\bold{(a)} b") == [.bold([upright("(a)")]), .space, upright("b")])
  }

  @Test("Escaped text is shown as it stands")
  func escaped() throws {
    let text = "runs\\a_b^{2}$x"
    #expect(try Markup.parse(Markup.escaped(text)) == [upright(text)])
  }

  @Test(
    "Every symbol is one character that parses", arguments: MarkupSymbols.characters.keys.sorted())
  func symbols(_ name: String) throws {
    let symbol = try #require(MarkupSymbols.characters[name])
    #expect(symbol.count == 1)
    #expect(try Markup.parse("\\" + name) == [upright(symbol)])
  }

  @Test(
    "Mistakes are named",
    arguments: [
      ("\\sigmax", MarkupError.Cause.unknownCommand("sigmax")),
      ("a{b", .unbalancedBraces), ("a}b", .unbalancedBraces), ("$x", .unclosedMathematics),
      ("x_", .missingArgument("_")), ("\\hat", .missingArgument("\\hat")),
      ("x^ 2", .missingArgument("^")), ("\\", .missingArgument("\\")),
    ])
  func mistakes(_ text: String, _ cause: MarkupError.Cause) {
    #expect(throws: MarkupError(text: text, cause: cause)) { try Markup.parse(text) }
  }

  @Test("A mistake's description names the label")
  func description() {
    let error = MarkupError(text: "a \\foo", cause: .unknownCommand("foo"))
    #expect(error.description == "label \"a \\foo\": unknown command \\foo")
  }
}

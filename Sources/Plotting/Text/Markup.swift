// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Text with scripts, symbols and variables, as every label, title, note and caption is written.
///
/// - `x_t`, `x_{t,s}`, `10^{-3}`, `y_i^2`: sub- and superscripts, nested if need be.
/// - `\sigma`, `\nabla`, `\partial`, `\le` and so on: symbols (``MarkupSymbols``); a letter right
///   after a command is kept apart by braces, as in `\sigma{}x`.
/// - `\hat{v}`, `\tilde{v}`, `\bar{v}`, `\dot{v}`: accents.
/// - `\bold{LED}`: heavy letters.
/// - `$...$`: mathematics: single Latin letters are italic, words of two or more letters stay
///   upright, a hyphen is a minus sign and an apostrophe a prime; one space after a symbol that is
///   no relation or operator only ends its name, as in `$\nabla f$`.
/// - `\\`, `\_`, `\^`, `\$`, `\{`, `\}`: the characters themselves. A line break is a line break.
public struct Markup: Sendable, Equatable {
  /// A piece of marked-up text.
  indirect enum Atom: Sendable, Equatable {
    case text(String, italic: Bool)
    case space
    case lineBreak
    case scripts(subscript: [Atom], superscript: [Atom])
    case accent(Character, [Atom])
    case bold([Atom])
  }

  let atoms: [Atom]

  /// Parses text written by the program. A mistake in it, such as an unknown command, is a
  /// programming error and stops the program; text from outside goes through ``escaped(_:)``.
  init(_ text: String) {
    do {
      atoms = try Markup.parse(text)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// The markup that shows `text` as it stands: for file names, commands and the like.
  public static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "\\_^${}".contains(character) { result.append("\\") }
      result.append(character)
    }
  }

  /// Parses marked-up text.
  static func parse(_ text: String) throws(MarkupError) -> [Atom] {
    var parser = MarkupParser(text)
    return try parser.wholeText()
  }
}

/// A mistake in marked-up text.
struct MarkupError: Error, Equatable, Sendable, CustomStringConvertible {
  enum Cause: Equatable, Sendable {
    case unknownCommand(String)
    case unbalancedBraces
    case unclosedMathematics
    case missingArgument(String)
  }

  let text: String
  let cause: Cause

  var description: String {
    let reason =
      switch cause {
      case .unknownCommand(let name): "unknown command \\\(name)"
      case .unbalancedBraces: "unbalanced braces"
      case .unclosedMathematics: "a $ without its partner"
      case .missingArgument(let name): "nothing follows \(name)"
      }
    return "label \"\(text)\": \(reason)"
  }
}

/// A recursive-descent parser over the characters of one label.
private struct MarkupParser {
  private let text: String
  private let characters: [Character]
  private var index = 0
  private var isMathematics = false

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func wholeText() throws(MarkupError) -> [Markup.Atom] {
    let atoms = try sequence()
    guard index == characters.count else { throw failure(.unbalancedBraces) }
    guard !isMathematics else { throw failure(.unclosedMathematics) }
    return atoms
  }

  /// Atoms up to the end of the text or an unmatched closing brace, which is left in place.
  private mutating func sequence() throws(MarkupError) -> [Markup.Atom] {
    var atoms: [Markup.Atom] = []
    while index < characters.count, characters[index] != "}" {
      if characters[index] == "$" {
        isMathematics.toggle()
        index += 1
      } else if characters[index] == "_" || characters[index] == "^" {
        atoms.append(try scripts())
      } else {
        atoms += try element()
      }
    }
    return Markup.merged(atoms)
  }

  /// One character, word, command or braced group.
  private mutating func element() throws(MarkupError) -> [Markup.Atom] {
    let character = characters[index]
    switch character {
    case "{":
      return try group()
    case "\\":
      return try command()
    case " ":
      index += 1
      return [.space]
    case "\n":
      index += 1
      return [.lineBreak]
    case "-" where isMathematics:
      index += 1
      return [.text("\u{2212}", italic: false)]
    case "'" where isMathematics:
      index += 1
      return [.text("\u{2032}", italic: false)]
    case _ where isMathematics && isLatinLetter(character):
      let word = letters()
      return [.text(word, italic: word.count == 1)]
    default:
      index += 1
      return [.text(String(character), italic: false)]
    }
  }

  private mutating func group() throws(MarkupError) -> [Markup.Atom] {
    index += 1
    let atoms = try sequence()
    guard index < characters.count else { throw failure(.unbalancedBraces) }
    index += 1
    return atoms
  }

  private mutating func command() throws(MarkupError) -> [Markup.Atom] {
    index += 1
    guard index < characters.count else { throw failure(.missingArgument("\\")) }
    if !isLatinLetter(characters[index]) {
      let character = characters[index]
      guard "\\_^${}, ".contains(character) else {
        throw failure(.unknownCommand(String(character)))
      }
      index += 1
      if character == "," { return [.text("\u{2009}", italic: false)] }
      return [.text(String(character), italic: false)]
    }
    let name = letters()
    if let symbol = MarkupSymbols.characters[name] {
      if isMathematics, !MarkupSymbols.isRelation(name), index < characters.count,
        characters[index] == " "
      {
        index += 1
      }
      return [.text(symbol, italic: false)]
    }
    if name == "bold" { return [.bold(try argument(of: "\\bold"))] }
    guard let accent = MarkupSymbols.accents[name] else { throw failure(.unknownCommand(name)) }
    return [.accent(accent, try argument(of: "\\" + name))]
  }

  /// A subscript, a superscript or both, in either order.
  private mutating func scripts() throws(MarkupError) -> Markup.Atom {
    var lower: [Markup.Atom] = []
    var upper: [Markup.Atom] = []
    while index < characters.count {
      if characters[index] == "_", lower.isEmpty {
        index += 1
        lower = try scriptArgument(of: "_")
      } else if characters[index] == "^", upper.isEmpty {
        index += 1
        upper = try scriptArgument(of: "^")
      } else {
        break
      }
    }
    return .scripts(subscript: lower, superscript: upper)
  }

  /// The argument of a script, where a hyphen is a minus sign in text too.
  private mutating func scriptArgument(of name: String) throws(MarkupError) -> [Markup.Atom] {
    try argument(of: name).map { atom in
      guard case .text(let text, let italic) = atom else { return atom }
      return .text(String(text.map { $0 == "-" ? "\u{2212}" : $0 }), italic: italic)
    }
  }

  private mutating func argument(of name: String) throws(MarkupError) -> [Markup.Atom] {
    guard index < characters.count, !"}_^$ \n".contains(characters[index]) else {
      throw failure(.missingArgument(name))
    }
    if characters[index] == "{" || characters[index] == "\\" { return try element() }
    // A bare argument is one character, even within a word.
    let character = characters[index]
    index += 1
    return [.text(String(character), italic: isMathematics && isLatinLetter(character))]
  }

  private mutating func letters() -> String {
    let start = index
    while index < characters.count, isLatinLetter(characters[index]) { index += 1 }
    return String(characters[start..<index])
  }

  private func isLatinLetter(_ character: Character) -> Bool {
    character.isASCII && character.isLetter
  }

  private func failure(_ cause: MarkupError.Cause) -> MarkupError {
    MarkupError(text: text, cause: cause)
  }
}

extension Markup {
  /// Joins neighbouring pieces of text of one kind.
  fileprivate static func merged(_ atoms: [Atom]) -> [Atom] {
    atoms.reduce(into: []) { result, atom in
      if case .text(let text, let italic) = atom,
        case .text(let before, let wasItalic)? = result.last, italic == wasItalic
      {
        result[result.count - 1] = .text(before + text, italic: italic)
      } else {
        result.append(atom)
      }
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why a file was refused as JSON.
public struct JSONDocumentError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong. Texts are excerpts of the file, in quotes.
  public enum Problem: Sendable, Hashable {
    /// The file is something else.
    case wrongKind(FileKind)
    /// The bytes are not text in UTF-8.
    case notUTF8
    /// Something else is needed here.
    case unexpected(found: String, expected: String)
    /// The text ends too early.
    case endOfFile(expected: String)
    /// A comma is followed by the end of its array or object.
    case trailingComma(String)
    /// A comment, which JSON does not know.
    case comment
    /// NaN or an infinity, for which JSON has no number.
    case notFinite(String)
    /// A key that the object has already.
    case duplicateKey(String, firstLine: Int)
    /// A number that is larger than any double.
    case overflow(String)
    /// A number other than zero that is smaller than any double.
    case underflow(String)
    /// A text that does not end on its line.
    case unterminatedText(String)
    /// A control character in a text, which must be escaped.
    case controlCharacter(UInt8)
    /// An escape sequence that JSON does not know, or half of a surrogate pair.
    case escape(String)
    /// Arrays and objects in each other, too many.
    case depth
  }

  /// The file.
  public let path: String

  /// Where in the text, if it is one place.
  public let position: TextPosition?

  /// The value or key that was being read; empty at the top.
  public let keyPath: JSONPath

  /// What is wrong.
  public let problem: Problem

  /// An error about a file and possibly a place in it.
  public init(
    path: String, position: TextPosition? = nil, keyPath: JSONPath = .top, problem: Problem
  ) {
    self.path = path
    self.position = position
    self.keyPath = keyPath
    self.problem = problem
  }

  public var description: String {
    place.isEmpty ? "\(path): \(problem)." : "\(path), \(place): \(problem)."
  }

  /// What is wrong and where, without the file and the full stop.
  public var detail: String { place.isEmpty ? "\(problem)" : "\(place): \(problem)" }

  private var place: String {
    var parts: [String] = []
    if let position { parts.append("\(position)") }
    if !keyPath.components.isEmpty { parts.append("at \(keyPath)") }
    return parts.joined(separator: ", ")
  }
}

extension JSONDocumentError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongKind(let kind):
      "this is \(kind), where a JSON file is expected"
    case .notUTF8:
      "the bytes here are not text in UTF-8; save the file in that encoding"
    case .unexpected(let found, let expected):
      "found \(found), where \(expected) is expected"
    case .endOfFile(let expected):
      "the file ends, where \(expected) is expected"
    case .trailingComma(let mark):
      "a comma stands before \(mark); remove it, commas stand only between values"
    case .comment:
      "comments are not part of JSON; remove it"
    case .notFinite(let text):
      "\(text) is not a number in JSON; accepted are finite numbers such as -1.5e3"
    case .duplicateKey(let name, let firstLine):
      "the key \(name) is given a second time, the first is in line \(firstLine); give every key once"
    case .overflow(let text):
      "\(text) is larger than any double; accepted are magnitudes up to "
        + "\(Double.greatestFiniteMagnitude)"
    case .underflow(let text):
      "\(text) is so small that it would be read as zero; accepted are 0 and magnitudes from "
        + "\(Double.leastNonzeroMagnitude)"
    case .unterminatedText(let text):
      "the text \(text) is not closed by a quotation mark on its line"
    case .controlCharacter(let byte):
      "a text holds the control character \(byte); write it as an escape sequence such as \\n"
    case .escape(let text):
      "\(text) is not an escape sequence; accepted are \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t and "
        + "\\u with four hexadecimal digits, surrogates in pairs"
    case .depth:
      "arrays and objects are nested deeper than \(JSONDocument.depthLimit) levels, which is the limit"
    }
  }
}

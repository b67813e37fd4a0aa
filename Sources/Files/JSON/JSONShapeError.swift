// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A JSON value that is not of the shape that is accepted.
public struct JSONShapeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// A key that does not exist.
    case key(String, nearest: String?, accepted: [String])
    /// A word that does not exist.
    case word(String, nearest: String?, accepted: [String])
    /// A value of another kind.
    case kind(found: String, accepted: String)
  }

  public let file: String
  public let position: TextPosition
  /// The way to the object or value.
  public let path: JSONPath
  public let problem: Problem

  public var description: String {
    let place = "\(file), \(position), \(path)"
    func suggestion(_ nearest: String?) -> String {
      nearest.map { " Did you mean \($0)?" } ?? ""
    }
    switch problem {
    case .key(let name, let nearest, let accepted):
      return "\(place): there is no key \"\(name)\".\(suggestion(nearest)) The keys are "
        + accepted.joined(separator: ", ") + "."
    case .word(let word, let nearest, let accepted):
      return "\(place): \"\(word)\" is none of the names.\(suggestion(nearest)) They are "
        + accepted.joined(separator: ", ") + "."
    case .kind(let found, let accepted):
      return "\(place): found \(found); accepted is \(accepted)."
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The way from the top of a JSON document to a value in it.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible {
  /// A step of the way.
  public enum Component: Sendable, Hashable {
    case key(String)
    /// An element of an array, from 0.
    case index(Int)
  }

  /// The steps from the top.
  public let components: [Component]

  /// The way to the value at the top.
  public static let top = JSONPath([Component]())

  /// A way by its steps.
  public init(_ components: [Component]) { self.components = components }

  /// The way of a decoder.
  package init(_ keys: [any CodingKey]) {
    components = keys.map { key in key.intValue.map { .index($0) } ?? .key(key.stringValue) }
  }

  /// How many steps are written out; of longer ways the beginning is enough.
  private static let shownSteps = 16

  /// The steps as programs write them: `training.rates[2]`, `means["a b"]`; "the top level" without any.
  public var description: String {
    var text = ""
    for component in components.prefix(Self.shownSteps) {
      switch component {
      case .index(let index): text += "[\(index)]"
      case .key(let name) where Self.isPlain(name): text += text.isEmpty ? name : ".\(name)"
      case .key(let name): text += "[\(excerpt(name.utf8))]"
      }
    }
    if components.count > Self.shownSteps {
      text += "… (\(components.count - Self.shownSteps) steps more)"
    }
    return text.isEmpty ? "the top level" : text
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 40
      && name.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-" || $0 == "_"
      }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A piece of a page.
public enum PageNode: Sendable, Hashable {
  /// Words; what HTML takes for its own is escaped.
  case text(String)
  case element(PageElement)
  /// Markup that was made elsewhere, as a picture of `Plotting`, and is written as it stands.
  case verbatim(String)
}

/// An element of a page with its attributes and what it holds.
public struct PageElement: Sendable, Hashable {
  public var name: String
  public var attributes: [Attribute]
  public var children: [PageNode]

  public struct Attribute: Sendable, Hashable {
    public let name: String
    public let value: String
  }

  /// Elements that hold nothing and have no end. Those of drawings must say so themselves, which others may.
  private static let void: Set = ["br", "circle", "hr", "img", "input", "meta"]

  /// - Parameter attributes: in the order in which they are written; those without a value are left out.
  public init(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:],
    _ children: [PageNode] = []
  ) {
    self.name = name
    self.attributes = attributes.compactMap { name, value in
      value.map { Attribute(name: name, value: $0) }
    }
    self.children = children
  }

  /// The markup.
  func write(to text: inout String) {
    text += "<\(name)"
    for attribute in attributes {
      text += " \(attribute.name)=\"\(escaped(attribute.value))\""
    }
    guard !Self.void.contains(name) else {
      text += "/>"
      return
    }
    text += ">"
    for child in children { child.write(to: &text) }
    text += "</\(name)>"
  }
}

extension PageNode {
  /// The markup.
  public var markup: String {
    var text = ""
    write(to: &text)
    return text
  }

  func write(to text: inout String) {
    switch self {
    case .text(let words): text += escaped(words)
    case .element(let element): element.write(to: &text)
    case .verbatim(let markup): text += markup
    }
  }
}

extension PageNode: ExpressibleByStringInterpolation {
  public init(stringLiteral words: String) { self = .text(words) }
}

/// An element as a piece of a page.
func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [PageNode] = []
) -> PageNode {
  .element(PageElement(name, attributes, children))
}

/// Text in which nothing is markup, inside and outside of quotation marks.
func escaped(_ text: String) -> String {
  text.reduce(into: "") { result, character in
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.append(character)
    }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension JSONShape {
  /// The shape as a JSON Schema (draft 2020-12), over several lines with its line end.
  ///
  /// - Parameter title: of the schema.
  public func schema(title: String) -> String {
    let own = fields.map { "  \($0.0): \($0.1.indented(by: 2))" }
    let head = [
      "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\"",
      "  \"title\": \(jsonString(title))",
    ]
    return "{\n" + (head + own).joined(separator: ",\n") + "\n}\n"
  }

  private var fields: [(String, String)] {
    switch self {
    case .any: return []
    case .number:
      return [("\"anyOf\"", "[{\"type\": \"number\"}, {\"enum\": [\"inf\", \"-inf\", \"nan\"]}]")]
    case .integer: return [("\"type\"", "\"integer\"")]
    case .boolean: return [("\"type\"", "\"boolean\"")]
    case .text: return [("\"type\"", "\"string\"")]
    case .word(let words):
      return [("\"enum\"", "[" + words.map(jsonString).joined(separator: ", ") + "]")]
    case .list(let shape): return [("\"type\"", "\"array\""), ("\"items\"", shape.text())]
    case .object(let members): return Self.object(members)
    case .choice(let members):
      return Self.object(members) + [("\"minProperties\"", "1"), ("\"maxProperties\"", "1")]
    case .either(let shapes):
      return [
        (
          "\"anyOf\"",
          "[\n"
            + shapes.map { "  " + $0.text().indented(by: 2) }
            .joined(separator: ",\n") + "\n]"
        )
      ]
    }
  }

  private static func object(_ members: [Member]) -> [(String, String)] {
    let properties = members.map { member in
      "  \(jsonString(member.name)): \(member.shape.text(member.summary).indented(by: 2))"
    }
    return [
      ("\"type\"", "\"object\""),
      (
        "\"properties\"",
        properties.isEmpty ? "{}" : "{\n" + properties.joined(separator: ",\n") + "\n}"
      ),
      ("\"additionalProperties\"", "false"),
    ]
  }

  private func text(_ summary: String = "") -> String {
    let description = summary.isEmpty ? [] : [("\"description\"", jsonString(summary))]
    let lines = (description + fields).map { "  \($0.0): \($0.1.indented(by: 2))" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}"
  }
}

extension String {
  /// The text with every line but the first moved to the right.
  fileprivate func indented(by spaces: Int) -> String {
    replacing("\n", with: "\n" + String(repeating: " ", count: spaces))
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Training

extension ResolvedRun {
  /// The name of the source and every setting of the training, each with its place in `run.json` (`loss.weighting`) and
  /// its value as JSON.
  ///
  /// - Throws: what encoding a configuration throws.
  public var settings: [(key: String, value: String)] {
    get throws {
      let document = try JSONDocument(data: try JSON.line(configuration), path: "configuration")
      return [("source", "\"\(source.name)\"")] + flattened(document.root, at: "")
    }
  }
}

/// The leaves of a document with their places. An object without members is a word of an enumeration.
private func flattened(
  _ value: JSONValue, at place: String
) -> [(key: String, value: String)] {
  func below(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }
  switch value.content {
  case .object(let members):
    if members.isEmpty { return [(place, "yes")] }
    return members.flatMap { flattened($0.value, at: below($0.name)) }
  case .array(let values):
    return [(place, "[" + values.map { text($0) }.joined(separator: ", ") + "]")]
  default: return [(place, text(value))]
  }
}

private func text(_ value: JSONValue) -> String {
  switch value.content {
  case .object: "{…}"
  case .array(let values): "[" + values.map { text($0) }.joined(separator: ", ") + "]"
  case .number(_, let literal): literal
  case .string(let text): text
  case .bool(let isTrue): isTrue ? "true" : "false"
  case .null: "null"
  }
}

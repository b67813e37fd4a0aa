// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension JSONValue {
  /// The value as JSON text; numbers stand as they were read.
  public var encoded: Data { Data(text.utf8) }

  private var text: String {
    switch content {
    case .object(let members):
      return "{"
        + members.map { "\(jsonString($0.name)):\($0.value.text)" }.joined(separator: ",") + "}"
    case .array(let values): return "[" + values.map(\.text).joined(separator: ",") + "]"
    case .number(_, let literal): return literal
    case .string(let text): return jsonString(text)
    case .bool(let value): return value ? "true" : "false"
    case .null: return "null"
    }
  }

  /// The object with another value behind a key, which is added if there was none.
  public func setting(_ name: String, to value: JSONValue) -> JSONValue {
    guard case .object(let members) = content else { return self }
    let kept = members.filter { $0.name != name }
    let position = members.first { $0.name == name }?.position ?? self.position
    return JSONValue(
      content: .object(kept + [Member(name: name, position: position, value: value)]),
      position: self.position)
  }
}

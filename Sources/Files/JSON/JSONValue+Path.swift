// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension JSONValue {
  /// A value at a place of a text.
  package init(_ content: Content, at position: TextPosition) {
    self.init(content: content, position: position)
  }

  /// The object with another value at the end of a way of keys. Objects that are missing on the way are made, and what
  /// is none is replaced by one. All that changes has the place of the new value, so that what is wrong with it is
  /// shown there.
  ///
  /// - Parameters:
  ///   - path: the keys from here.
  ///   - keyPosition: where these keys were read.
  package func setting(
    _ path: ArraySlice<String>, to value: JSONValue, keyPosition: TextPosition
  ) -> JSONValue {
    guard let name = path.first else { return value }
    var members: [Member] = []
    if case .object(let own) = content { members = own }
    let below = self[name] ?? JSONValue(.object([]), at: value.position)
    let member = Member(
      name: name, position: keyPosition,
      value: below.setting(path.dropFirst(), to: value, keyPosition: keyPosition))
    if let place = members.firstIndex(where: { $0.name == name }) {
      members[place] = member
    } else {
      members.append(member)
    }
    return JSONValue(.object(members), at: value.position)
  }

  /// The value in a few words, for names and tables: texts without marks, objects as their keys, a number by its
  /// value.
  package var brief: String {
    switch content {
    case .object(let members):
      members.map { member in
        let value = member.value.brief
        if value.isEmpty { return member.name }
        guard case .object = member.value.content else { return "\(member.name) \(value)" }
        return "\(member.name)(\(value))"
      }.joined(separator: ", ")
    case .array(let values): "[" + values.map(\.brief).joined(separator: ", ") + "]"
    case .number(let number, let literal):
      Int(literal) != nil || UInt64(literal) != nil ? literal : "\(number)"
    case .string(let text): text
    case .bool(let isTrue): isTrue ? "true" : "false"
    case .null: "null"
    }
  }
}

extension JSONDocument {
  /// A text that was read elsewhere.
  package init(path: String, root: JSONValue) {
    self.path = path
    self.root = root
  }
}

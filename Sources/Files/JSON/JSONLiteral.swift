// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A JSON string literal.
package func jsonString(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case "\n": literal += "\\n"
    case "\t": literal += "\\t"
    case "\r": literal += "\\r"
    case "\0"..<" ":
      let digits = String(scalar.value, radix: 16)
      literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: literal.unicodeScalars.append(scalar)
    }
  }
  return literal + "\""
}

/// One line about an encoding or decoding error: where and what.
package func codingDetail(of error: any Error) -> String {
  let context: (path: [any CodingKey], text: String)
  switch error {
  case let error as JSONDocumentError:
    return error.detail
  case DecodingError.keyNotFound(let key, let found):
    return "\(JSONPath(found.codingPath + [key])): the key is missing"
  case DecodingError.typeMismatch(_, let found), DecodingError.valueNotFound(_, let found),
    DecodingError.dataCorrupted(let found):
    context = (found.codingPath, found.debugDescription)
  case EncodingError.invalidValue(_, let found):
    context = (found.codingPath, found.debugDescription)
  default:
    return String(describing: error)
  }
  return context.path.isEmpty ? context.text : "\(JSONPath(context.path)): \(context.text)"
}

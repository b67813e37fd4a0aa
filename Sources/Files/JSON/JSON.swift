// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// JSON as the laboratory writes and reads it: keys in alphabetical order, numbers in the fewest digits that read
/// back as the same bits, and numbers that JSON has no literal for as the texts `"inf"`, `"-inf"` and `"nan"`.
public enum JSON {
  private static let texts = (infinity: "inf", negativeInfinity: "-inf", nan: "nan")

  /// A value over several lines, with its line end.
  public static func page(_ value: some Encodable) throws -> String {
    let formatting: JSONEncoder.OutputFormatting = [
      .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
    ]
    return String(decoding: try encoder(formatting).encode(value), as: UTF8.self) + "\n"
  }

  /// A value as one line, with its end.
  public static func line(_ value: some Encodable) throws -> Data {
    try encoder(.sortedKeys).encode(value) + Data("\n".utf8)
  }

  /// A number as its literal or its text.
  public static func number(_ value: Double) -> String {
    guard !value.isFinite else { return value.description }
    if value.isNaN { return "\"\(texts.nan)\"" }
    return "\"\(value > 0 ? texts.infinity : texts.negativeInfinity)\""
  }

  /// Reads a value from a text that is first read strictly (see ``JSONDocument``): Foundation's decoder is given
  /// nothing that is too deep for it, and what is no JSON is shown with its line and column.
  ///
  /// - Parameters:
  ///   - path: Names the text in errors.
  ///   - userInfo: what the decoders of the value need to know.
  /// - Throws: ``JSONDocumentError`` for what is no JSON, `DecodingError` or the value's own error for another value.
  public static func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from data: Data, path: String = "JSON",
    userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> Value {
    _ = try JSONDocument(data: data, path: path)
    let decoder = JSONDecoder()
    decoder.userInfo = userInfo
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: texts.infinity, negativeInfinity: texts.negativeInfinity, nan: texts.nan)
    do {
      return try decoder.decode(type, from: data)
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      // The text is JSON, as was seen: what Foundation then calls corrupted is a number.
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: [],
          debugDescription:
            "a number with a fraction, or one too large, stands where a whole number is expected",
          underlyingError: context.underlyingError))
    }
  }

  private static func encoder(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: texts.infinity, negativeInfinity: texts.negativeInfinity, nan: texts.nan)
    return encoder
  }
}

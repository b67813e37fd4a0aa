// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
import Foundation

/// Why a JSON file of mixtures or of reference values was refused.
public enum MixtureFileError: Error, Equatable, Sendable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  case malformed(file: String, reason: String)
  case missingKey(file: String, key: String)
  case wrongValue(file: String, key: String, reason: String)
  case invalidMixture(file: String, error: MixtureError)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      return "\(file): cannot be read: \(reason)"
    case .malformed(let file, let reason):
      return "\(file): not valid JSON: \(reason)"
    case .missingKey(let file, let key):
      return "\(file): the key \"\(key)\" is missing"
    case .wrongValue(let file, let key, let reason):
      return "\(file): \(key.isEmpty ? "the top level" : "the value at \"\(key)\""): \(reason)"
    case .invalidMixture(let file, let error):
      return "\(file): \(error)"
    }
  }
}

/// Decodes a JSON file, turning every failure into a ``MixtureFileError``.
func decodeFile<Value: Decodable>(
  _ type: Value.Type, _ file: String
) throws(MixtureFileError) -> Value {
  let data: Data
  do {
    data = try FileSystem.contents(of: file)
  } catch {
    throw .unreadable(file: file, reason: error.reason)
  }
  do {
    return try JSON.decode(type, from: data, path: file)
  } catch let error as JSONDocumentError {
    throw .malformed(file: file, reason: error.detail)
  } catch let error as MixtureError {
    throw .invalidMixture(file: file, error: error)
  } catch let error as DecodingError {
    throw MixtureFileError(error, file: file)
  } catch {
    throw .malformed(file: file, reason: error.localizedDescription)
  }
}

extension MixtureFileError {
  fileprivate init(_ error: DecodingError, file: String) {
    switch error {
    case .keyNotFound(let key, let context):
      self = .missingKey(file: file, key: Self.path(context.codingPath + [key]))
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      self = .wrongValue(
        file: file, key: Self.path(context.codingPath), reason: context.debugDescription)
    case .dataCorrupted(let context):
      // The text is JSON, as was seen before: what is wrong is a value.
      self = .wrongValue(
        file: file, key: Self.path(context.codingPath), reason: context.debugDescription)
    @unknown default:
      self = .malformed(file: file, reason: "\(error)")
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { key in key.intValue.map { "\($0)" } ?? key.stringValue }.joined(separator: ".")
  }
}

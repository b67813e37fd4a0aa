// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
import Foundation
import GroundTruth

/// Something wrong with a file's contents, found while decoding; the file is added to it later.
struct ReferenceFault: Error {
  enum Kind {
    case missingKey
    case unknownKey
    case wrongValue(reason: String)
    case invalidMixture(MixtureError)
  }

  let path: [any CodingKey]
  let kind: Kind

  init(_ path: [any CodingKey], _ kind: Kind) {
    self.path = path
    self.kind = kind
  }

  func located(in file: String) -> ReferenceError {
    let key = dottedPath(path)
    switch kind {
    case .missingKey: return .missingKey(file: file, key: key)
    case .unknownKey: return .unknownKey(file: file, key: key)
    case .wrongValue(let reason): return .wrongValue(file: file, key: key, reason: reason)
    case .invalidMixture(let error): return .invalidMixture(file: file, key: key, error: error)
    }
  }
}

/// The bytes of a file.
func referenceData(_ file: String) throws(ReferenceError) -> Data {
  do {
    return try FileSystem.contents(of: file)
  } catch {
    throw .unreadable(file: file, reason: error.reason)
  }
}

/// Decodes JSON, turning every failure into a ``ReferenceError`` that names file and key.
func decodeReference<Value: Decodable>(
  _ type: Value.Type, _ data: Data, file: String
) throws(ReferenceError) -> Value {
  do {
    return try JSON.decode(type, from: data, path: file)
  } catch let error as JSONDocumentError {
    throw .malformed(file: file, reason: error.detail)
  } catch let fault as ReferenceFault {
    throw fault.located(in: file)
  } catch let error as DecodingError {
    throw located(error, in: file)
  } catch {
    throw .malformed(file: file, reason: "\(error)")
  }
}

private func located(_ error: DecodingError, in file: String) -> ReferenceError {
  switch error {
  case .keyNotFound(let key, let context):
    return .missingKey(file: file, key: dottedPath(context.codingPath + [key]))
  case .typeMismatch(_, let context), .valueNotFound(_, let context):
    return .wrongValue(
      file: file, key: dottedPath(context.codingPath), reason: context.debugDescription)
  case .dataCorrupted(let context):
    // A corrupted value has a path; a file that is no JSON at all has none.
    return context.codingPath.isEmpty
      ? .malformed(file: file, reason: context.debugDescription)
      : .wrongValue(
        file: file, key: dottedPath(context.codingPath), reason: context.debugDescription)
  @unknown default:
    return .malformed(file: file, reason: "\(error)")
  }
}

private func dottedPath(_ keys: [any CodingKey]) -> String {
  keys.map { key in key.intValue.map { "\($0)" } ?? key.stringValue }.joined(separator: ".")
}

extension Decoder {
  /// A container that holds every key of `Key` and no other.
  func exactContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let found = Set(try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue))
    let known = Key.allCases.map(\.stringValue)
    if let key = known.first(where: { !found.contains($0) }) {
      throw ReferenceFault(codingPath + [AnyKey(key)], .missingKey)
    }
    if let key = found.subtracting(known).min() {
      throw ReferenceFault(codingPath + [AnyKey(key)], .unknownKey)
    }
    return try container(keyedBy: type)
  }
}

/// Any key of a JSON object.
private struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { return nil }
}

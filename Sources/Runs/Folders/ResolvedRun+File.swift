// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import Training

extension ResolvedRun {
  /// Reads a run from a file a user has written, or from the `run.json` of another run. What it leaves out has its
  /// default.
  ///
  /// A source may be given by its name. What a run takes over lies beside the file, as in the folder of a run.
  ///
  /// - Parameters:
  ///   - defaults: what is left out, for a source; its version and command stand for those of the file.
  ///   - named: finds a source by its name; nil is the default one.
  /// - Throws: `FileError`, `JSONDocumentError`, `JSONShapeError`; ``RunFolderError/configuration(path:detail:)`` for
  ///   values that make no run. Settings out of range are not refused here, see ``validate()``.
  public init(
    file path: String, defaults: (Source) throws -> ResolvedRun,
    source named: (String?) throws -> Source
  ) throws {
    try self.init(
      try JSONDocument(contentsOf: path), beside: parentFolder(of: path), defaults: defaults,
      source: named)
  }

  /// Takes a run from a text that was read already.
  ///
  /// - Parameter folder: where lies what the run takes over.
  /// - Throws: as ``init(file:defaults:source:)``.
  init(
    _ document: JSONDocument, beside folder: String, defaults: (Source) throws -> ResolvedRun,
    source named: (String?) throws -> Source
  ) throws {
    let path = document.path
    try Self.shape.check(document)
    let decoder = JSONDecoder()
    decoder.userInfo = [RunInputs.key: try RunInputs(of: RunLayout(folder))]
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    func decoded<Value: Decodable>(_ value: JSONValue) throws -> Value {
      do {
        return try decoder.decode(Value.self, from: value.encoded)
      } catch let error as DecodingError {
        throw RunFolderError.configuration(path: path, detail: codingDetail(of: error))
      }
    }
    let source: Source
    switch document.root["source"]?.content {
    case nil: source = try named(nil)
    case .string(let name):
      source = try named(name)
      decoder.userInfo[Self.namedSourceKey] = source
    default: source = try decoded(document.root["source"] ?? document.root)
    }
    let base = try JSONDocument(data: try JSONEncoder().encode(defaults(source)), path: path).root
    var filled = Self.shape.filled(document.root, from: base)
    for key in ["source", "version", "command"] {
      if let own = base[key] { filled = filled.setting(key, to: own) }
    }
    self = try decoded(filled)
    // What was read for the defaults need not be read again.
    if self.source == source { self.source = source }
  }
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
public import Foundation

/// Why the file of a checkpoint cannot be used.
public enum CheckpointFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is not what was written: cut short, or changed by as little as a bit.
  case damaged(path: String, detail: String)
  /// It is of another run than the one whose folder it lies in.
  case foreign(path: String, run: String, expected: String)
  /// It is of a form that this version does not know.
  case form(path: String, name: String)

  public var description: String {
    switch self {
    case .damaged(let path, let detail): "checkpoint \(path) is damaged: \(detail)"
    case .foreign(let path, let run, let expected):
      "checkpoint \(path) is of run \(run), not of the run \(expected) of its folder: remove it from there"
    case .form(let path, let name):
      "checkpoint \(path) is of the form \"\(name)\", which toylab \(toylabVersion) does not read"
    }
  }
}

/// A checkpoint as it was read from its file, undamaged.
///
/// Files carry a checksum over all their bytes and the name of their run. Those of before have neither and are read
/// as they are.
public struct CheckpointFile: Sendable {
  public let path: String
  public let contents: SafeTensors

  /// - Parameter run: the run whose checkpoint it must be, if it names one; nil accepts any.
  /// - Throws: `FileError`, ``CheckpointFileError``.
  public init(contentsOf path: String, of run: String? = nil) throws {
    let data: Data
    do {
      data = try SafeTensors.bytes(of: path)
    } catch let error as SafeTensorsError {
      throw CheckpointFileError.damaged(path: path, detail: error.description)
    }
    try self.init(data, path: path, of: run)
  }

  init(_ data: Data, path: String, of run: String? = nil) throws(CheckpointFileError) {
    self.path = path
    do {
      contents = try SafeTensors(data: data, path: path)
    } catch {
      throw .damaged(path: path, detail: error.description)
    }
    let form = contents.metadata[Key.form]
    if let checksum = contents.metadata[Key.checksum] {
      guard Self.checksum(of: data) == checksum else {
        throw .damaged(path: path, detail: "its checksum does not fit its contents")
      }
      guard form == Self.form else { throw .form(path: path, name: form ?? "") }
    } else if form != Self.unsealedForm {
      throw .damaged(path: path, detail: "it has no checksum")
    }
    if let run, let own = contents.metadata[Key.run], own != run {
      throw .foreign(path: path, run: own, expected: run)
    }
  }

  /// The bytes of a file.
  ///
  /// - Parameter run: the name of the run.
  public static func encoded(_ contents: SafeTensors, of run: String?) -> Data {
    var sealed = contents
    sealed.metadata[Key.form] = form
    sealed.metadata[Key.run] = run
    sealed.metadata[Key.checksum] = blank
    var data = sealed.encoded()
    guard let place = checksumPlace(in: data), let checksum = checksum(of: data) else {
      preconditionFailure("a header without its checksum")
    }
    data.replaceSubrange(place, with: Data(checksum.utf8))
    return data
  }

  /// The fingerprint of all bytes, those of the checksum taken as zeros; nil if there is no place for one.
  private static func checksum(of data: Data) -> String? {
    guard let place = checksumPlace(in: data) else { return nil }
    var blanked = data
    blanked.replaceSubrange(place, with: Data(blank.utf8))
    return Fingerprint(blanked).text
  }

  /// Where the digits of the checksum stand. Quotes within a text are escaped, so that the words stand for the key
  /// where they are found.
  private static func checksumPlace(in data: Data) -> Range<Data.Index>? {
    let words = Data("\"\(Key.checksum)\":\"".utf8)
    guard let found = data.range(of: words),
      data.endIndex - found.upperBound >= Fingerprint.textLength
    else { return nil }
    return found.upperBound..<found.upperBound + Fingerprint.textLength
  }

  /// The form of a trainer's state that was not yet sealed.
  static let unsealedForm = "toylab-1"
  private static let form = "toylab-2"
  private static let blank = String(repeating: "0", count: Fingerprint.textLength)

  enum Key {
    static let form = "format"
    static let checksum = "checksum"
    static let run = "run"
  }
}

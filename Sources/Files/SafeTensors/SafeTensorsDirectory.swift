// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// Where the tensors of a safetensors file lie in it, checked: every length and offset, that no tensors overlap, and
/// that they use all of the data. Of the file only its header is read.
struct SafeTensorsDirectory {
  struct Entry {
    let name: String
    let elementType: TensorElementType
    let shape: [Int]
    /// From the file's first byte.
    let bytes: Range<Int>
  }

  /// In the order in which they lie in the file.
  let entries: [Entry]
  let metadata: [String: String]

  /// The longest header in bytes, as the format's own library has it.
  static let longestHeader = 100_000_000

  /// - Parameters:
  ///   - data: the file, or as much of it as its header.
  ///   - fileLength: the length of all of it.
  ///   - path: Names the file in errors.
  init(data: Data, fileLength: Int? = nil, path: String) throws(SafeTensorsError) {
    let fileLength = fileLength ?? data.count
    let header = try Header(data: data, fileLength: fileLength, path: path)
    let length = fileLength - header.end
    var entries: [Entry] = []
    for (name, entry) in header.entries {
      let (type, range) = try entry.checked(name: name, length: length, path: path)
      entries.append(Entry(name: name, elementType: type, shape: entry.shape, bytes: range))
    }
    // An empty tensor may stand where another begins.
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = 0
    var previous = ""
    for entry in entries {
      if entry.bytes.lowerBound < end {
        throw SafeTensorsError(path: path, tensor: entry.name, problem: .overlap(with: previous))
      }
      if entry.bytes.lowerBound > end {
        throw SafeTensorsError(
          path: path, tensor: entry.name, problem: .unusedBytes(end..<entry.bytes.lowerBound))
      }
      (end, previous) = (entry.bytes.upperBound, entry.name)
    }
    if end < length {
      throw SafeTensorsError(path: path, problem: .unusedBytes(end..<length))
    }
    self.entries = entries.map { entry in
      Entry(
        name: entry.name, elementType: entry.elementType, shape: entry.shape,
        bytes: header.end + entry.bytes.lowerBound..<header.end + entry.bytes.upperBound)
    }
    metadata = header.metadata
  }
}

extension SafeTensorsDirectory {
  /// Where the header ends by the file's first eight bytes.
  static func headerEnd(
    _ data: Data, fileLength: Int, path: String
  ) throws(SafeTensorsError) -> Int {
    guard data.count >= 8 else {
      throw SafeTensorsError(path: path, problem: .truncatedHeader(length: fileLength, needed: 8))
    }
    let length = UInt64(littleEndian: data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    guard length <= UInt64(fileLength - 8) else {
      let (needed, overflow) = length.addingReportingOverflow(8)
      throw SafeTensorsError(
        path: path,
        problem: .truncatedHeader(length: fileLength, needed: overflow ? length : needed))
    }
    guard length <= UInt64(longestHeader) else {
      throw SafeTensorsError(path: path, problem: .headerTooLong(length))
    }
    return 8 + Int(length)
  }
}

/// The JSON header, decoded but not yet checked against the data.
private struct Header {
  let entries: [String: HeaderEntry]
  let metadata: [String: String]

  /// Where the data begins.
  let end: Int

  init(data: Data, fileLength: Int, path: String) throws(SafeTensorsError) {
    end = try SafeTensorsDirectory.headerEnd(data, fileLength: fileLength, path: path)
    let text = Data(data.prefix(end).dropFirst(8))
    do {
      let contents = try JSON.decode(HeaderContents.self, from: text, path: path)
      entries = contents.entries
      metadata = contents.metadata
    } catch {
      throw SafeTensorsError(path: path, problem: .malformedHeader(codingDetail(of: error)))
    }
  }
}

private struct HeaderEntry: Decodable {
  let dtype: String
  let shape: [Int]
  let offsets: [Int]

  enum CodingKeys: String, CodingKey {
    case dtype
    case shape
    case offsets = "data_offsets"
  }

  func checked(
    name: String, length: Int, path: String
  ) throws(SafeTensorsError) -> (type: TensorElementType, range: Range<Int>) {
    func error(_ problem: SafeTensorsError.Problem) -> SafeTensorsError {
      SafeTensorsError(path: path, tensor: name, problem: problem)
    }
    guard let type = TensorElementType(rawValue: dtype) else { throw error(.elementType(dtype)) }
    guard let size = byteCount(elementSize: type.size) else { throw error(.shape(shape)) }
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0],
      offsets[1] - offsets[0] == size
    else { throw error(.offsets(offsets, needed: size)) }
    guard offsets[1] <= length else {
      throw error(.truncatedData(length: length, needed: offsets[1]))
    }
    return (type, offsets[0]..<offsets[1])
  }

  /// The size of the data, or nil if an extent is below zero or the size overflows.
  private func byteCount(elementSize: Int) -> Int? {
    var size = elementSize
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      size = product
    }
    return size
  }
}

private struct HeaderContents: Decodable {
  var entries: [String: HeaderEntry] = [:]
  var metadata: [String: String] = [:]

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for name in container.allKeys {
      if name.stringValue == SafeTensors.metadataName {
        metadata = try container.decode([String: String].self, forKey: name)
      } else {
        entries[name.stringValue] = try container.decode(HeaderEntry.self, forKey: name)
      }
    }
  }
}

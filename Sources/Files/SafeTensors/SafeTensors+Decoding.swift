// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension SafeTensors {
  /// Contents from the bytes of a file, checked: every length and offset, that no tensors overlap,
  /// and that the tensors use all of the data.
  ///
  /// - Parameter path: Names the file in errors.
  public init(data: Data, path: String) throws(SafeTensorsError) {
    let header = try Header(data: data, path: path)
    let body = data.dropFirst(header.end)
    self.init(metadata: header.metadata)
    var entries: [(name: String, type: TensorElementType, shape: [Int], range: Range<Int>)] = []
    for (name, entry) in header.entries {
      let (type, range) = try entry.checked(name: name, length: body.count, path: path)
      entries.append((name, type, entry.shape, range))
    }
    // An empty tensor may stand where another begins.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    var previous = ""
    for entry in entries {
      if entry.range.lowerBound < end {
        throw SafeTensorsError(path: path, tensor: entry.name, problem: .overlap(with: previous))
      }
      if entry.range.lowerBound > end {
        throw SafeTensorsError(
          path: path, tensor: entry.name, problem: .unusedBytes(end..<entry.range.lowerBound))
      }
      (end, previous) = (entry.range.upperBound, entry.name)
      let start = body.startIndex + entry.range.lowerBound
      self[entry.name] = Tensor(
        elementType: entry.type, shape: entry.shape,
        bytes: Data(body[start..<start + entry.range.count]))
    }
    if end < body.count {
      throw SafeTensorsError(path: path, problem: .unusedBytes(end..<body.count))
    }
  }

  /// The values of a tensor that must be there with this type and, if given, shape.
  ///
  /// - Parameter path: Names the file in errors.
  public func values<Element: TensorElement>(
    _ name: String, as type: Element.Type = Element.self, shape: [Int]? = nil, path: String
  ) throws(SafeTensorsError) -> [Element] {
    guard let tensor = tensors[name] else {
      throw SafeTensorsError(path: path, tensor: name, problem: .missing)
    }
    guard let values = tensor.values(as: type) else {
      throw SafeTensorsError(
        path: path, tensor: name,
        problem: .unexpectedType(found: tensor.elementType, expected: Element.elementType))
    }
    if let shape, shape != tensor.shape {
      throw SafeTensorsError(
        path: path, tensor: name, problem: .unexpectedShape(found: tensor.shape, expected: shape))
    }
    return values
  }
}

/// The JSON header, decoded but not yet checked against the data.
private struct Header {
  let entries: [String: HeaderEntry]
  let metadata: [String: String]

  /// Where the data begins.
  let end: Int

  init(data: Data, path: String) throws(SafeTensorsError) {
    guard data.count >= 8 else {
      throw SafeTensorsError(path: path, problem: .truncatedHeader(length: data.count, needed: 8))
    }
    let length = UInt64(
      littleEndian: data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    guard length <= UInt64(data.count - 8) else {
      let (needed, overflow) = length.addingReportingOverflow(8)
      throw SafeTensorsError(
        path: path,
        problem: .truncatedHeader(length: data.count, needed: overflow ? length : needed))
    }
    end = 8 + Int(length)
    let text = Data(data.dropFirst(8).prefix(Int(length)))
    do {
      let contents = try JSONDecoder().decode(HeaderContents.self, from: text)
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

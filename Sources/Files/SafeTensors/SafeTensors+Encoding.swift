// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension SafeTensors {
  /// The bytes of the file; equal contents give equal bytes.
  public func encoded() -> Data {
    let layout = self.layout
    let opening = opening(layout)
    var data = Data(capacity: opening.count + layout.length)
    data.append(opening)
    for name in layout.order {
      if let tensor = tensors[name] { data.append(tensor.bytes) }
    }
    return data
  }

  /// Writes a file of which one array comes block by block, so that it need never be in memory as a whole; the file
  /// appears complete or not at all.
  ///
  /// - Parameters:
  ///   - name: the array's, which is added to these tensors.
  ///   - shape: its extents.
  ///   - blocks: calls what it is given with the elements, row-major, some at a time.
  /// - Throws: ``FileError``, and what `blocks` throws.
  /// - Precondition: there come as many elements as the shape says.
  public func write(
    to path: String, name: String, shape: [Int],
    blocks: (_ write: ([Float]) throws -> Void) throws -> Void
  ) throws {
    var file = self
    file[name] = Tensor(elementType: .float32, shape: shape, bytes: Data())
    let layout = file.layout
    try AtomicFile.replace(path) { out in
      try out.write(file.opening(layout))
      for entry in layout.order {
        if entry == name {
          try writeBlocks(to: out, count: shape.reduce(1, *), blocks)
        } else if let tensor = file.tensors[entry] {
          try out.write(tensor.bytes)
        }
      }
    }
  }

  /// What precedes the data.
  private func opening(_ layout: Layout) -> Data {
    var header = headerText(offsets: layout.offsets)
    // The data is aligned to eight bytes, so that it may be used where it is mapped.
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header
  }

  private typealias Layout = (order: [String], offsets: [String: Range<Int>], length: Int)

  private var layout: Layout {
    let order = tensors.sorted { left, right in
      let (leftSize, rightSize) = (left.value.elementType.size, right.value.elementType.size)
      return leftSize == rightSize ? isOrdered(left.key, right.key) : leftSize > rightSize
    }
    var offsets: [String: Range<Int>] = [:]
    var end = 0
    for (name, tensor) in order {
      let length = tensor.shape.reduce(tensor.elementType.size, *)
      offsets[name] = end..<end + length
      end += length
    }
    return (order.map(\.key), offsets, end)
  }

  private func headerText(offsets: [String: Range<Int>]) -> Data {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.keys.sorted(by: isOrdered).map { key in
        "\(jsonString(key)):\(jsonString(metadata[key] ?? ""))"
      }
      entries.append("\(jsonString(SafeTensors.metadataName)):{\(pairs.joined(separator: ","))}")
    }
    for name in tensors.keys.sorted(by: isOrdered) {
      guard let tensor = tensors[name], let range = offsets[name] else { continue }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(jsonString(name)):{\"dtype\":\"\(tensor.elementType.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}")
    }
    return Data("{\(entries.joined(separator: ","))}".utf8)
  }

  /// The order of the UTF-8 bytes, which unlike a collation is the same everywhere.
  private func isOrdered(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

/// Writes numbers that come some at a time.
///
/// - Precondition: there come `count` of them.
func writeBlocks(
  to file: borrowing OpenFile, count: Int,
  _ blocks: (_ write: ([Float]) throws -> Void) throws -> Void
) throws {
  var written = 0
  try blocks { values in
    try file.write(values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
    written += values.count
  }
  precondition(written == count, "\(written) numbers were written of \(count)")
}

// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

extension SafeTensors {
  /// The bytes of the file; equal contents give equal bytes.
  public func encoded() -> Data {
    let layout = self.layout
    var header = headerText(offsets: layout.offsets)
    // The data is aligned to eight bytes, so that it may be used where it is mapped.
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    var data = Data(capacity: 8 + header.count + layout.length)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(header)
    for name in layout.order {
      if let tensor = tensors[name] { data.append(tensor.bytes) }
    }
    return data
  }

  private var layout: (order: [String], offsets: [String: Range<Int>], length: Int) {
    let order = tensors.sorted { left, right in
      let (leftSize, rightSize) = (left.value.elementType.size, right.value.elementType.size)
      return leftSize == rightSize ? isOrdered(left.key, right.key) : leftSize > rightSize
    }
    var offsets: [String: Range<Int>] = [:]
    var end = 0
    for (name, tensor) in order {
      offsets[name] = end..<end + tensor.bytes.count
      end += tensor.bytes.count
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

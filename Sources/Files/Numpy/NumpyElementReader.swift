// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Turns the bytes of an array's elements, of which there are exactly enough, into doubles in row-major order.
struct NumpyElementReader {
  private typealias Problem = NumpyArrayError.Problem

  private let header: NumpyHeader
  private let bytes: UnsafeRawBufferPointer
  private let count: Int

  init(_ header: NumpyHeader, _ bytes: UnsafeRawBufferPointer) {
    self.header = header
    self.bytes = bytes
    count = bytes.count / header.elementType.size
  }

  /// The elements.
  func values() throws(NumpyArrayError.Problem) -> [Double] {
    switch header.elementType {
    case .bool: elements(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .int8: elements(Int8.self) { Double($0) }
    case .int16: elements(Int16.self) { Double($0) }
    case .int32: elements(Int32.self) { Double($0) }
    case .int64: try largeElements(Int64.self)
    case .uint8: elements(UInt8.self) { Double($0) }
    case .uint16: elements(UInt16.self) { Double($0) }
    case .uint32: elements(UInt32.self) { Double($0) }
    case .uint64: try largeElements(UInt64.self)
    case .float16: elements(UInt16.self, halfPrecisionValue)
    case .float32: elements(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float64: elements(UInt64.self) { Double(bitPattern: $0) }
    }
  }

  private func largeElements<Bits: FixedWidthInteger>(
    _ type: Bits.Type
  ) throws(Problem) -> [Double] {
    let values = elements(type) { Double($0) }
    // Every integer beyond the limit rounds to at least the limit, so that few elements are looked at twice.
    let limit = Double(NumpyArray.largestInteger)
    for (index, value) in values.enumerated() where abs(value) >= limit {
      let array = NumpyArray(
        elementType: header.elementType, shape: header.shape, values: values)
      let indices = array.indices(ofElement: index)
      let integer = element(type, at: fileIndex(indices))
      if integer.magnitude > Bits.Magnitude(NumpyArray.largestInteger) {
        throw .largeInteger(String(integer), indices: indices)
      }
    }
    return values
  }

  /// Where in the file an element stands.
  private func fileIndex(_ indices: [Int]) -> Int {
    let pairs = Array(zip(indices, header.shape))
    return (header.isColumnMajor ? pairs.reversed() : pairs).reduce(0) { $0 * $1.1 + $1.0 }
  }

  private func element<Bits: FixedWidthInteger>(_ type: Bits.Type, at index: Int) -> Bits {
    let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: type)
    return header.isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
  }

  private func elements<Bits: FixedWidthInteger>(
    _ type: Bits.Type, _ convert: (Bits) -> Double
  ) -> [Double] {
    guard header.isColumnMajor && header.shape.count > 1 else {
      return (0..<count).map { convert(element(type, at: $0)) }
    }
    return [Double](unsafeUninitializedCapacity: count) { values, initializedCount in
      forEachTransposed { index, fileIndex in
        values.initializeElement(at: index, to: convert(element(type, at: fileIndex)))
      }
      initializedCount = count
    }
  }

  /// Visits the elements of an array in column-major order with their places in row-major order and in the file.
  private func forEachTransposed(_ body: (_ index: Int, _ fileIndex: Int) -> Void) {
    guard count > 0 else { return }
    // In the file the first dimension is the densest.
    var strides = [1]
    for extent in header.shape.dropLast() { strides.append((strides.last ?? 1) * extent) }
    var indices = [Int](repeating: 0, count: header.shape.count)
    var fileIndex = 0
    for index in 0..<count {
      body(index, fileIndex)
      var dimension = header.shape.count - 1
      while dimension >= 0 {
        indices[dimension] += 1
        fileIndex += strides[dimension]
        if indices[dimension] < header.shape[dimension] { break }
        fileIndex -= strides[dimension] * header.shape[dimension]
        indices[dimension] = 0
        dimension -= 1
      }
    }
  }
}

/// The number with the bits of an IEEE 754 half; written out because not every platform has the type.
func halfPrecisionValue(_ bits: UInt16) -> Double {
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Double(bits & 0x3FF)
  let magnitude: Double =
    switch exponent {
    case 0: fraction * 0x1p-24
    case 0x1F: fraction == 0 ? .infinity : .nan
    default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
    }
  return bits >> 15 == 0 ? magnitude : -magnitude
}

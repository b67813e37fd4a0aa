// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

extension SafeTensors {
  /// The elements of a tensor that must be there with this shape; see ``Tensor/exactNumbers(name:path:)``.
  ///
  /// - Parameter path: Names the file in errors.
  public func exactNumbers(
    _ name: String, shape: [Int], path: String
  ) throws(SafeTensorsError) -> [Double] {
    guard let tensor = tensors[name] else {
      throw SafeTensorsError(path: path, tensor: name, problem: .missing)
    }
    guard shape == tensor.shape else {
      throw SafeTensorsError(
        path: path, tensor: name, problem: .unexpectedShape(found: tensor.shape, expected: shape))
    }
    return try tensor.exactNumbers(name: name, path: path)
  }
}

extension SafeTensors.Tensor {
  /// The elements of any type as doubles, row-major; each is exact. False is 0 and true is 1.
  ///
  /// - Parameters:
  ///   - name: Names the tensor in errors.
  ///   - path: Names the file in errors.
  /// - Throws: ``SafeTensorsError`` for an integer beyond 2^53, up to which a double holds every one.
  public func exactNumbers(name: String, path: String) throws(SafeTensorsError) -> [Double] {
    switch elementType {
    case .float64: return elements(UInt64.self) { Double(bitPattern: $0) }
    case .float32: return elements(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float16: return elements(UInt16.self, halfPrecisionValue)
    case .brainFloat16:
      return elements(UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .int64: return try integers(Int64.self, name, path)
    case .int32: return elements(Int32.self) { Double($0) }
    case .int16: return elements(Int16.self) { Double($0) }
    case .int8: return elements(Int8.self) { Double($0) }
    case .uint64: return try integers(UInt64.self, name, path)
    case .uint32: return elements(UInt32.self) { Double($0) }
    case .uint16: return elements(UInt16.self) { Double($0) }
    case .uint8: return elements(UInt8.self) { Double($0) }
    case .bool: return elements(UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }

  private func integers<Bits: FixedWidthInteger>(
    _ type: Bits.Type, _ name: String, _ path: String
  ) throws(SafeTensorsError) -> [Double] {
    let integers = elements(type) { $0 }
    for (index, value) in integers.enumerated()
    where value.magnitude > Bits.Magnitude(NumpyArray.largestInteger) {
      throw SafeTensorsError(
        path: path, tensor: name, problem: .largeInteger("\(value)", index: index))
    }
    return integers.map { Double($0) }
  }

  private func elements<Bits: FixedWidthInteger, Value>(
    _ type: Bits.Type, _ convert: (Bits) -> Value
  ) -> [Value] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Bits>.size).map { offset in
        convert(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type)))
      }
    }
  }
}
